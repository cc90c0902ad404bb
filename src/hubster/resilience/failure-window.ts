import type { Clock } from '../../clock/clock';

const IN_A_ROW = 10;
const LEAST_CALLS = 20;
const SHARE = 0.5;
const WINDOW_SECONDS = 10;

interface Second {
  readonly second: number;
  calls: number;
  failures: number;
}

/** Counts failures in a row and over the last 10 s, in one counter a second, so that memory does not grow with the load. */
export class FailureWindow {
  #inARow = 0;
  #seconds: Second[] = [];

  constructor(private readonly clock: Clock) {}

  count(isFailure: boolean): void {
    const current = this.#current();
    current.calls += 1;
    if (isFailure) current.failures += 1;
    this.#inARow = isFailure ? this.#inARow + 1 : 0;
  }

  /** After 10 failures in a row, or if half of at least 20 calls in 10 s failed. */
  get isTooMany(): boolean {
    const calls = this.#seconds.reduce((sum, second) => sum + second.calls, 0);
    const failures = this.#seconds.reduce((sum, second) => sum + second.failures, 0);
    return this.#inARow >= IN_A_ROW || (calls >= LEAST_CALLS && failures >= calls * SHARE);
  }

  clear(): void {
    this.#inARow = 0;
    this.#seconds = [];
  }

  #current(): Second {
    const second = Math.floor(this.clock.monotonic() / 1000);
    this.#seconds = this.#seconds.filter((past) => past.second > second - WINDOW_SECONDS);
    const last = this.#seconds.at(-1);
    if (last?.second === second) return last;
    const current = { second, calls: 0, failures: 0 };
    this.#seconds.push(current);
    return current;
  }
}
