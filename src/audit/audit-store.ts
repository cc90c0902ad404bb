import { types } from 'node:util';

/** Which stored lines to read. */
export interface TrailSlice {
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number;
  /** Only lines that are older than the one at this position. */
  readonly before?: string;
  /** Only lines about these tenants are needed. This and the following only save reading: a store may yield other lines too. */
  readonly tenants?: readonly string[];
  /** Only lines about this target, by its id, are needed. */
  readonly target?: string;
  /** Only intents without a final outcome, and their outcomes so far, are needed. */
  readonly isOpen?: boolean;
}

export interface StoredLine {
  /** Its position, in a form that only the store reads; valid as long as the line exists. */
  readonly position: string;
  readonly text: string;
  /** How many lines could be read instead; default 1. */
  readonly cost?: number;
}

/** Stores the trail. Adds `seq`, `time` and the chain to each record. */
export abstract class AuditStore {
  /** Whose records the trail has, if other replicas have trails of their own. */
  readonly scope?: 'this replica';

  /**
   * Appends JSON objects in this order and resolves when all are durable. After a rejection any of them may or may
   * not have been stored. An empty batch opens the trail. Called for one batch at a time; the next call tries again from scratch.
   */
  abstract append(bodies: readonly string[]): Promise<void>;

  /** The stored lines, newest first; lines that only serve the chain included. */
  abstract newestFirst(slice: TrailSlice): AsyncIterable<StoredLine>;

  /** Whether a text has the form of a position of this store. Such a line need not exist. */
  abstract isPosition(text: string): boolean;

  /** Ends the chain with a last line. Nothing is appended afterwards. */
  abstract seal(): Promise<void>;

  /** Releases its connections, if it has any. Nothing is read afterwards. */
  async close(): Promise<void> {}
}

/** The code of a store's failure (`ENOSPC`), or its name, for the log. Never its message, which may quote anything. */
export function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
