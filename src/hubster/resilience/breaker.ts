import type { Clock } from '../../clock/clock';
import type { Outcome } from '../outcome/outcome';
import { Cooldown } from './cooldown';
import { FailureWindow } from './failure-window';
import { type Call, type Next, phaseOf } from './layer';

const FIRST_OPEN_MS = 5000;
/**
 * Doubling to 60 s would probe at 5, 15, 35 and 75 s, and so detect a service that recovers after a minute only 15 s later. One probe in
 * 10 s is no load for Hubster, and detects a recovery within 10 s.
 */
const MAX_OPEN_MS = 10_000;
/** `Retry-After` for other callers during the probe. */
const PROBING_MS = 1000;

/** Stops calls that would probably fail: opens after failures, and lets one probe through at the end of its cooldown. */
export class Breaker {
  readonly #cooldown: Cooldown;
  readonly #failures: FailureWindow;
  #isOpen = false;
  #isProbing = false;

  constructor(clock: Clock) {
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
      if (health === 'success') this.#close();
      return outcome;
    } finally {
      this.#isProbing = false;
    }
  }

  /** Ignores the calls that were under way when the breaker opened. */
  #count(outcome: Outcome): void {
    const health = healthOf(outcome);
    if (this.#isOpen || health === undefined) return;
    this.#failures.count(health === 'failure');
    if (!this.#failures.isTooMany) return;
    this.#isOpen = true;
    this.#cooldown.start();
  }

  #close(): void {
    this.#isOpen = false;
    this.#cooldown.reset();
    this.#failures.clear();
  }
}

/** Whether Hubster works; undefined if nothing was sent or nobody waited. A 429 or other 4xx counts as success. */
function healthOf(outcome: Outcome): 'success' | 'failure' | undefined {
  switch (outcome.kind) {
    case 'unavailable':
    case 'request-timeout':
    case 'server-error':
    case 'gateway':
    case 'never-sent':
    case 'reset':
    case 'no-response':
      return 'failure';
    case 'unexpected-status':
      return outcome.status >= 500 ? 'failure' : 'success';
    case 'short-circuited':
    case 'deadline':
      return undefined;
    default:
      return 'success';
  }
}
