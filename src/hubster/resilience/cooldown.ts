import type { Clock } from '../../clock/clock';

/** A pause that doubles with each start, until it is reset. Durations in milliseconds. */
export class Cooldown {
  #until = 0;
  #nextMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly firstMs: number,
    private readonly maxMs: number,
  ) {
    this.#nextMs = firstMs;
  }

  /** Remaining milliseconds; 0 when the pause is over. */
  get remaining(): number {
    return Math.max(0, this.#until - this.clock.monotonic());
  }

  start(): void {
    this.#until = this.clock.monotonic() + this.#nextMs;
    this.#nextMs = Math.min(this.maxMs, this.#nextMs * 2);
  }

  reset(): void {
    this.#until = 0;
    this.#nextMs = this.firstMs;
  }
}
