import { randomBytes } from 'node:crypto';

const GENERATION_ID = /^\d{16}[\w-]{6}$/;
const DIGITS = 16;

/** The random end of an id, which distinguishes ids with the same number. */
export function idSuffix(): string {
  return randomBytes(5).toString('base64url').slice(0, 6);
}

/**
 * Whether the value is a generation id: a number in decimal digits of fixed width, then a suffix. The ids of a scope increase, and
 * comparing two of them as texts shows which one is older.
 */
export function isGenerationId(value: unknown): value is string {
  return typeof value === 'string' && GENERATION_ID.test(value);
}

/** The number of an id; 0 without an id. */
export function numberOf(id: string | undefined): string {
  return id === undefined ? '0' : id.slice(0, DIGITS);
}

export interface RegistryListener {
  /** Another replica has replaced the id of this scope by this one. */
  onReplaced(scope: string, id: string): void;
  /** The registry is available again after an outage; its ids may be from before the outage. */
  onReconnected(): void;
  /** From now on messages arrive; earlier ones may have been lost. */
  onListening(): void;
}

/** The shared store of the ids of which generations consist. It notifies the replicas when an id is replaced. */
export abstract class GenerationRegistry {
  abstract get isAvailable(): boolean;

  /** Whether messages from other replicas arrive, normally within milliseconds. */
  abstract get isListening(): boolean;

  abstract listen(listener: RegistryListener): void;

  /** The ids of the scopes; creates the missing ones. Rejects when the registry does not respond. */
  abstract idsOf(scopes: readonly string[]): Promise<readonly string[]>;

  /**
   * Replaces the id of the scope and notifies the other replicas; resolves to the new id. It is greater than the old one and than
   * `floor`, the greatest id that the caller has seen. Rejects when it is uncertain whether the id was replaced.
   */
  abstract replace(scope: string, floor: string | undefined): Promise<string>;
}
