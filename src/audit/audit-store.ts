/** Which stored lines to read. */
export interface TrailSlice {
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number;
  /** Only lines that are older than the one at this position. */
  readonly before?: string;
}

export interface StoredLine {
  /** Where it stands, in the store's own words; stays valid while the line exists. */
  readonly position: string;
  readonly text: string;
}

/** Where the trail is kept. Adds `seq`, `time` and the chain to what it is given. */
export abstract class AuditStore {
  /**
   * Appends JSON objects in this order and resolves when all are durable. After a rejection any of them may or may
   * not have been stored. An empty batch opens the trail. Called for one batch at a time; the next call tries again from scratch.
   */
  abstract append(bodies: readonly string[]): Promise<void>;

  /** The stored lines, newest first; lines that only serve the chain included. */
  abstract newestFirst(slice: TrailSlice): AsyncIterable<StoredLine>;

  /** Whether a text can be a position of this store; says nothing about its existence. */
  abstract isPosition(text: string): boolean;

  /** Ends the chain with a line that says so. Nothing is appended afterwards. */
  abstract seal(): Promise<void>;
}
