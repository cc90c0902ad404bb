import type { Clock } from '../../clock/clock';
import { networkOf } from '../../context/network';
import { RecordThrottle } from './record-throttle';

const LIMITS = { linesOfKey: 60, linesOfGroup: 3000, keysOfGroup: 1000, groups: 1 };
const UNAUTHENTICATED = 'unauthenticated';

/**
 * Decides which unauthenticated requests get a line: 60 a minute for each address and 3,000 in all; the rest is counted.
 * An IPv6 network of 64 bits counts as one address, as providers assign such a network to one customer.
 */
export class UnauthenticatedThrottle {
  readonly #throttle: RecordThrottle<true>;

  /** `summarise` is called at the end of a minute for each address beyond its lines; `*` is all addresses beyond a thousand. */
  constructor(clock: Clock, summarise: (address: string, count: number) => void) {
    this.#throttle = new RecordThrottle(clock, LIMITS, ({ key, count }) => summarise(key, count));
  }

  /** True if this request gets a line of its own; false if it is only counted. */
  admit(address: string): boolean {
    return this.#throttle.admit(UNAUTHENTICATED, networkOf(address), true);
  }

  /** Summarises what was counted so far, now. */
  close(): void {
    this.#throttle.close();
  }
}
