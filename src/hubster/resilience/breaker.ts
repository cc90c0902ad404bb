import type { Clock } from '../../clock/clock';
import type { Outcome } from '../outcome/outcome';
import { Cooldown } from './cooldown';
import { FailureWindow } from './failure-window';
import { type Call, type Next, phaseOf } from './layer';

const FIRST_OPEN_MS = 5000;
/**
 * Doubling to 60 s would try at 5, 15, 35 and 75 s, and so find a service that heals after a minute
 * only 15 s later. One probe in 10 s costs Hubster nothing, and whatever heals is found within 10 s.
 */
const MAX_OPEN_MS = 10_000;
/** What callers are told while the one probe is under way. */
const PROBING_MS = 1000;

/** Stops calls that would fail anyway: opens on failures, lets one probe through when it has been open long enough. */
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
      const verdict = verdictOf(outcome);
      if (verdict === 'failure') this.#cooldown.start();
      if (verdict === 'success') this.#close();
      return outcome;
    } finally {
      this.#isProbing = false;
    }
  }

  /** What was under way when it opened tells nothing new. */
  #count(outcome: Outcome): void {
    const verdict = verdictOf(outcome);
    if (this.#isOpen || verdict === undefined) return;
    this.#failures.count(verdict === 'failure');
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

/** Whether Hubster is at work; nothing, when it was not asked or not waited for. 429 and other 4xx are signs of life. */
function verdictOf(outcome: Outcome): 'success' | 'failure' | undefined {
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
