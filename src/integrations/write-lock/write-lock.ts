import type { Deadline } from '../../context/deadline';

/** What only one write at a time may change. */
export interface WriteLockKey {
  readonly tenant: string;
  /** Whether the tenant is a caller with a portal token of its own. */
  readonly isPassthrough?: boolean;
  readonly integrationId: string;
}

/** Lets writes to one integration happen one after another (S-316). */
export abstract class WriteLock {
  /** Runs `work` when all earlier work on the location has ended; throws `overloaded` when the deadline ends before that. */
  abstract runExclusive<T>(location: WriteLockKey, deadline: Deadline, work: () => Promise<T>): Promise<T>;
}
