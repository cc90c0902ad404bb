import type { Deadline } from '../../context/request-context';

/** An integration, which only one write at a time may change. */
export interface WriteLockKey {
  readonly tenant: string;
  /** Whether the tenant is a caller with a passthrough token. */
  readonly isPassthrough?: boolean;
  readonly integrationId: string;
}

/** Lets writes to one integration happen one after another (S-316). */
export abstract class WriteLock {
  /** Runs `work` when all earlier work on the key has ended; throws `overloaded` if the deadline ends before that. */
  abstract runExclusive<T>(key: WriteLockKey, deadline: Deadline, work: () => Promise<T>): Promise<T>;
}
