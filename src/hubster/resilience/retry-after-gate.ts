import type { Clock } from '../../clock/clock';
import { type News, NO_PEERS, type Peers } from '../fleet/fleet';
import {
  type Call,
  deadlineSpent,
  isAbandoned,
  type Next,
  type Outcome,
  type Phase,
  retryAfterOf,
  type ShortCircuited,
} from '../outcome/outcome';
import { MAX_WAIT_MS } from './retry';

const PROBE_AFTER_MS = 5 * 60 * 1000;
/** Until this replica tries again, after another one had the lock of the probe. */
const PROBE_AGAIN_MS = 1000;

/**
 * Short-circuits a tenant's calls while a `Retry-After` runs (S-717). After 5 min one probe is sent even if the header is longer; other
 * callers still receive the time of the header. All replicas close together, and one of them probes.
 */
export class RetryAfterGate {
  /** Milliseconds of the monotonic clock. */
  #until = 0;
  #probeAt = 0;
  #isProbing = false;
  #status: ShortCircuited['status'] = 503;

  constructor(
    private readonly clock: Clock,
    private readonly phase: Phase,
    private readonly peers: Peers = NO_PEERS,
    /** Called when it closes for longer. */
    private readonly onClose: (ms: number) => void = () => undefined,
  ) {}

  /** What another replica publishes. */
  hear(news: News): void {
    if (news.kind === 'pause') this.#close(news.ms, news.status);
    if (news.kind === 'resume') this.#until = 0;
  }

  /** Waits up to 2 s for the gate to open, then runs. If it stays closed for longer, returns at once with the remaining time. */
  async wait<T>(call: Call, next: Next<T>, onWait?: (ms: number) => void): Promise<Outcome<T>> {
    const timeout = call.deadline.within(MAX_WAIT_MS);
    for (;;) {
      const closedMs = this.#closedMs();
      if (closedMs > timeout.remaining) return this.#shortCircuited(closedMs);
      if (closedMs > 0) {
        onWait?.(closedMs);
        await this.clock.sleep(closedMs, call.signal).catch(() => undefined);
      }
      if (isAbandoned(call)) return deadlineSpent(call, false);
      const outcome = await next();
      if (outcome.kind !== 'short-circuited' || outcome.by !== 'retry-after') return outcome;
    }
  }

  /** The check right before sending: the gate may have closed while the call waited for a slot of the bulkhead. */
  async pass<T>(next: Next<T>): Promise<Outcome<T>> {
    const closedMs = this.#closedMs();
    if (closedMs > 0) return this.#shortCircuited(closedMs);
    const isProbe = this.clock.monotonic() < this.#until;
    this.#isProbing ||= isProbe;
    try {
      if (isProbe && !(await this.peers.takeProbe())) {
        this.#probeAt = this.clock.monotonic() + PROBE_AGAIN_MS;
        return this.#shortCircuited(this.#closedMs());
      }
      const outcome = await next();
      this.#update(outcome, isProbe);
      return outcome;
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  }

  #update(outcome: Outcome, isProbe: boolean): void {
    if (outcome.kind === 'short-circuited') return;
    if (isProbe && 'status' in outcome) {
      this.#until = 0;
      this.peers.publish({ kind: 'resume' });
    }
    const ms = retryAfterOf(outcome);
    if (ms === undefined) return;
    const status = outcome.kind === 'rate-limited' ? 429 : 503;
    if (this.#close(ms, status)) this.peers.publish({ kind: 'pause', ms: Math.ceil(ms), status });
  }

  /** The latest time wins, so that the response of an earlier call never opens the gate; the response of the probe replaces it. */
  #close(ms: number, status: ShortCircuited['status']): boolean {
    const now = this.clock.monotonic();
    if (now + ms <= this.#until) return false;
    this.#until = now + ms;
    this.#probeAt = now + Math.min(ms, PROBE_AFTER_MS);
    this.#status = status;
    this.onClose(ms);
    return true;
  }

  /** Milliseconds until the next call may be sent. */
  #closedMs(): number {
    const now = this.clock.monotonic();
    const mayProbe = now >= this.#probeAt && !this.#isProbing;
    return mayProbe ? 0 : Math.max(0, this.#until - now);
  }

  #shortCircuited(retryAfterMs: number): ShortCircuited {
    return { kind: 'short-circuited', phase: this.phase, by: 'retry-after', status: this.#status, retryAfterMs };
  }
}
