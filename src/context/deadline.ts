import type { Clock } from '../clock/clock';

/** The time at which a request has to be over. */
export class Deadline {
  private constructor(
    private readonly clock: Clock,
    private readonly end: number,
  ) {}

  /** Ends `ms` milliseconds from now. */
  static after(clock: Clock, ms: number): Deadline {
    return new Deadline(clock, clock.monotonic() + ms);
  }

  /** The sooner of this deadline and `ms` milliseconds from now. */
  within(ms: number): Deadline {
    return new Deadline(this.clock, Math.min(this.end, this.clock.monotonic() + ms));
  }

  /** Milliseconds left, never below 0. */
  get remaining(): number {
    return Math.max(0, this.end - this.clock.monotonic());
  }

  get isOver(): boolean {
    return this.remaining === 0;
  }
}
