import { randomBytes } from 'node:crypto';
import type { Affected, TagChange } from './tenant-changes';

const GENERATION_ID = /^\d{16}[\w-]{6}$/;
const DIGITS = 16;

/** The random end of an id, which distinguishes ids with the same number. */
export function idSuffix(): string {
  return randomBytes(5).toString('base64url').slice(0, 6);
}

/**
 * Whether the value is a generation id: a number in decimal digits of fixed width, then a suffix. Ids increase, and comparing two of
 * them as texts shows which one is older.
 */
export function isGenerationId(value: unknown): value is string {
  return typeof value === 'string' && GENERATION_ID.test(value);
}

/** The number of an id; 0 without an id. */
export function numberOf(id: string | undefined): string {
  return id ? id.slice(0, DIGITS) : '0';
}

export interface RegistryListener {
  /** Another replica has replaced the epoch. */
  onEpoch(id: string): void;
  /** Another replica has recorded a change. */
  onChange(tenant: string, change: TagChange): void;
  /** The registry is away. */
  onInterrupted(): void;
  /**
   * The registry is available again. `mayHaveMissed`: what it has may be from before the outage, or writes of others could not reach it.
   * If not, it is the one from before, and its messages arrived all the time.
   */
  onReconnected(mayHaveMissed: boolean): void;
  /** From now on messages arrive; earlier ones may have been lost. */
  onListening(): void;
}

/** Changes of a tenant, oldest first. */
export interface ChangeLog {
  /** The greatest epoch in which the tenant was read. */
  readonly epoch: string;
  /** The id of the oldest change that the registry has; it counts for all before it. */
  readonly oldest: string;
  /** The newest change that the registry has. */
  readonly newest: TagChange;
  /** The changes after `after`, or all. */
  readonly changes: readonly TagChange[];
  /** False if the registry has lost the change `after`, or more than its limit were recorded since. */
  readonly hasAfter: boolean;
}

/** What a replica knows of a tenant when it records a change. */
export interface KnownChanges {
  /** The newest change that it has read from the registry. */
  readonly head: TagChange | undefined;
  /** The greatest id that it has seen. */
  readonly greatest: string | undefined;
}

/** The shared store of the changes of which generations consist. It notifies the replicas of each change. */
export abstract class GenerationRegistry {
  abstract get isAvailable(): boolean;

  /** Whether messages from other replicas arrive, normally within milliseconds. */
  abstract get isListening(): boolean;

  abstract listen(listener: RegistryListener): void;

  /**
   * The id of the epoch, to which the entries of all tenants belong; creates it if it is missing. For a replica that may have missed
   * messages: the others learn it from them. Rejects when the registry does not respond.
   */
  abstract epoch(): Promise<string>;

  /**
   * Replaces the epoch by one greater than `greatest`, and notifies the replicas. Rejects when it is uncertain whether it was replaced.
   * @param unlessNewerThan leaves an epoch that is newer than this one, as another replica has replaced it since
   */
  abstract replaceEpoch(greatest: string | undefined, unlessNewerThan?: string): Promise<string>;

  /** The changes after `after`, or all; records the epoch for the tenant. Rejects when the registry does not respond. */
  abstract changesOf(tenant: string, after: TagChange | undefined, epoch: string): Promise<ChangeLog>;

  /**
   * Records a change with an id greater than all that the registry or the caller has seen, and notifies the replicas. If the registry has
   * lost what the caller knows, the change affects everything. Rejects when it is uncertain whether the change was recorded.
   */
  abstract record(tenant: string, affected: Affected, known: KnownChanges): Promise<TagChange>;
}
