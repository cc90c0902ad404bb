import type { Clock } from '../../clock/clock';
import { type Call, type Next, type Outcome, phaseOf, rulesOf } from '../outcome/outcome';

const IN_A_ROW = 10;
const LEAST_CALLS = 20;
const SHARE = 0.5;
const WINDOW_SECONDS = 10;

const FIRST_OPEN_MS = 5000;
/**
 * Doubling to 60 s would probe at 5, 15, 35 and 75 s, and so detect a service that recovers after a minute only 15 s later. One probe in
 * 10 s is no load for Hubster, and detects a recovery within 10 s.
 */
const MAX_OPEN_MS = 10_000;
/** `Retry-After` for other callers during the probe. */
const PROBING_MS = 1000;

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

interface Second {
  readonly second: number;
  calls: number;
  failures: number;
}

/** Counts failures in a row and over the last 10 s, in one counter a second, so that memory does not grow with the load. */
class FailureWindow {
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

/** Stops calls that would probably fail: opens after failures, and lets one probe through at the end of its cooldown. */
export class Breaker {
  readonly #cooldown: Cooldown;
  readonly #failures: FailureWindow;
  #isOpen = false;
  #isProbing = false;

  /** @param onChange called when it opens, and when it closes */
  constructor(
    clock: Clock,
    private readonly onChange: (isOpen: boolean) => void,
  ) {
    this.#cooldown = new Cooldown(clock, FIRST_OPEN_MS, MAX_OPEN_MS);
    this.#failures = new FailureWindow(clock);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async run<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    if (!this.#isOpen) {
      const outcome = await next();
      this.#count(outcome);
      return outcome;
    }
    const remaining = this.#cooldown.remaining;
    if (remaining > 0 || this.#isProbing) {
      const retryAfterMs = Math.max(remaining, PROBING_MS);
      return { kind: 'short-circuited', phase: phaseOf(call), by: 'breaker', status: 503, retryAfterMs };
    }
    return this.#probe(next);
  }

  async #probe<T>(next: Next<T>): Promise<Outcome<T>> {
    this.#isProbing = true;
    try {
      const outcome = await next();
      const health = healthOf(outcome);
      if (health === 'failure') this.#cooldown.start();
      if (health === 'ok') this.#close();
      return outcome;
    } finally {
      this.#isProbing = false;
    }
  }

  /** Ignores the calls that were under way when the breaker opened. */
  #count(outcome: Outcome): void {
    const health = healthOf(outcome);
    if (this.#isOpen || health === 'none') return;
    this.#failures.count(health === 'failure');
    if (!this.#failures.isTooMany) return;
    this.#isOpen = true;
    this.#cooldown.start();
    this.onChange(true);
  }

  #close(): void {
    this.#isOpen = false;
    this.#cooldown.reset();
    this.#failures.clear();
    this.onChange(false);
  }
}

function healthOf(outcome: Outcome): 'ok' | 'failure' | 'none' {
  return outcome.kind === 'ok' ? 'ok' : rulesOf(outcome).breaker;
}
