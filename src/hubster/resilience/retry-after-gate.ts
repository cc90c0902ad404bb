import type { Clock } from '../../clock/clock';
import { type Outcome, type Phase, retryAfterOf, type ShortCircuited } from '../outcome/outcome';
import { type Call, deadlineSpent, isAbandoned, type Next } from './layer';
import { MAX_WAIT_MS } from './retry';

const PROBE_AFTER_MS = 5 * 60 * 1000;

/**
 * Keeps a tenant's calls at home while a `Retry-After` runs (S-717). After 5 min one call may try, whatever the header said;
 * callers are told what it said.
 */
export class RetryAfterGate {
  /** On the monotonic clock, in milliseconds. */
  #until = 0;
  #probeAt = 0;
  #isProbing = false;
  #status: ShortCircuited['status'] = 503;

  constructor(
    private readonly clock: Clock,
    private readonly phase: Phase,
  ) {}

  /** Waits up to 2 s for the gate to open, then runs. Longer than that nobody waits: the caller gets the rest of it at once. */
  async wait<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    const timeout = call.deadline.within(MAX_WAIT_MS);
    for (;;) {
      const closedMs = this.#closedMs();
      if (closedMs > timeout.remaining) return this.#held(closedMs);
      if (closedMs > 0) await this.clock.sleep(closedMs, call.signal).catch(() => undefined);
      if (isAbandoned(call)) return deadlineSpent(call, false);
      const outcome = await next();
      if (outcome.kind !== 'short-circuited' || outcome.by !== 'retry-after') return outcome;
    }
  }

  /** The last look before sending: the gate may have closed while the call waited for its turn. */
  async pass<T>(next: Next<T>): Promise<Outcome<T>> {
    const closedMs = this.#closedMs();
    if (closedMs > 0) return this.#held(closedMs);
    const isProbe = this.clock.monotonic() < this.#until;
    this.#isProbing ||= isProbe;
    try {
      const outcome = await next();
      this.#heed(outcome, isProbe);
      return outcome;
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  }

  /** The latest wins, so that an answer of a call that was under way never opens the gate early; the probe's answer is newer. */
  #heed(outcome: Outcome, isProbe: boolean): void {
    const askedMs = retryAfterOf(outcome);
    const now = this.clock.monotonic();
    if (isProbe && 'status' in outcome) this.#until = 0;
    if (outcome.kind === 'short-circuited' || askedMs === undefined || now + askedMs <= this.#until) return;
    this.#until = now + askedMs;
    this.#probeAt = now + Math.min(askedMs, PROBE_AFTER_MS);
    this.#status = outcome.kind === 'rate-limited' ? 429 : 503;
  }

  /** Milliseconds for which nothing may go out. */
  #closedMs(): number {
    const now = this.clock.monotonic();
    const mayProbe = now >= this.#probeAt && !this.#isProbing;
    return mayProbe ? 0 : Math.max(0, this.#until - now);
  }

  #held(retryAfterMs: number): ShortCircuited {
    return { kind: 'short-circuited', phase: this.phase, by: 'retry-after', status: this.#status, retryAfterMs };
  }
}
