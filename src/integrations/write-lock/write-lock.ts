import type { Deadline } from '../../context/deadline';

/** What only one write at a time may change. */
export interface WritePlace {
  readonly tenant: string;
  readonly integrationId: string;
}

/** Lets writes to one integration happen one after another (S-316). */
export abstract class Turns {
  /** Runs `work` when all earlier work on the place has ended; throws `overloaded` when the deadline ends before that. */
  abstract take<T>(place: WritePlace, deadline: Deadline, work: () => Promise<T>): Promise<T>;
}
