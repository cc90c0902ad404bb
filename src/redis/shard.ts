import type { Clock } from '../clock/clock';

const FAILURES_TO_OPEN = 5;
const TRY_EVERY_MS = 500;

/** The breaker of one server: of a cluster, one of those that have a part of the keys. */
export class Shard {
  #failures = 0;
  /** When the next command may try a server that is away, on the monotonic clock; undefined while it replies. */
  #triesAt: number | undefined;

  constructor(private readonly clock: Clock) {}

  get isOpen(): boolean {
    return this.#triesAt !== undefined;
  }

  /** Whether a command may be sent: while the breaker is open, one each half second. */
  mayTry(): boolean {
    if (this.#triesAt === undefined) return true;
    const now = this.clock.monotonic();
    if (now < this.#triesAt) return false;
    this.#triesAt = now + TRY_EVERY_MS;
    return true;
  }

  /** The server is there: also a rejection is a reply. */
  replied(): void {
    this.#failures = 0;
    this.#triesAt = undefined;
  }

  /** A command got no reply. Returns whether this has opened the breaker. */
  failed(): boolean {
    this.#failures += 1;
    if (this.#failures < FAILURES_TO_OPEN || this.isOpen) return false;
    this.#triesAt = this.clock.monotonic() + TRY_EVERY_MS;
    return true;
  }
}
