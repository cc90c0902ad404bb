import type { Clock } from '../../clock/clock';
import { type News, NO_PEERS, type Peers } from '../fleet/fleet';
import { type Call, type Next, type Outcome, phaseOf, rulesOf, type ShortCircuited } from '../outcome/outcome';

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
    this.startFor(this.#nextMs);
  }

  /** At most `maxMs`. */
  startFor(ms: number): void {
    this.#until = this.clock.monotonic() + Math.min(this.maxMs, ms);
    this.#nextMs = Math.min(this.maxMs, Math.max(this.firstMs, ms * 2));
  }

  reset(): void {
    this.#until = 0;
    this.#nextMs = this.firstMs;
  }
}

/** Why a breaker opens or closes. */
export type BreakerReason =
  | 'failures-in-a-row'
  | 'share-of-failures'
  | 'failures-of-this-replica'
  | 'probe-succeeded'
  | 'another-replica';

interface CallCounts {
  readonly ok: number;
  readonly failed: number;
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

  /** Calls in their order: first those that succeeded. Without failures, the calls came after all failures before. */
  add({ ok, failed }: CallCounts): void {
    const current = this.#current();
    current.calls += ok + failed;
    current.failures += failed;
    this.#inARow = failed > 0 ? this.#inARow + failed : 0;
  }

  /** Why there are too many: 10 failures in a row, or half of at least 20 calls in 10 s. */
  get tooMany(): BreakerReason | undefined {
    if (this.#inARow >= IN_A_ROW) return 'failures-in-a-row';
    const { ok, failed } = this.counts;
    return ok + failed >= LEAST_CALLS && failed >= (ok + failed) * SHARE ? 'share-of-failures' : undefined;
  }

  get counts(): CallCounts {
    this.#current();
    const failed = this.#seconds.reduce((sum, { failures }) => sum + failures, 0);
    return { ok: this.#seconds.reduce((sum, { calls }) => sum + calls, 0) - failed, failed };
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

/**
 * Stops calls that would probably fail: opens after failures, and lets one probe through at the end of its cooldown. With peers, the calls
 * of all replicas count together, all open and close together, and one of them probes. A replica whose own calls fail while those of
 * others succeed opens for itself alone: a broken network of one replica must not stop the others.
 */
export class Breaker {
  readonly #cooldown: Cooldown;
  /** Calls of this replica. */
  readonly #own: FailureWindow;
  /** Calls of all replicas. */
  readonly #all: FailureWindow;
  /** Own calls since the last report to the peers. */
  readonly #unreported: FailureWindow;
  /** Whether the peers count failures in a row that a success here ends. */
  #hasFailures = false;
  #state: 'closed' | 'open' | 'open here only' = 'closed';
  #isProbing = false;

  /** @param onChange called when it opens, and when it closes */
  constructor(
    clock: Clock,
    private readonly onChange: (isOpen: boolean, reason: BreakerReason) => void,
    private readonly peers: Peers = NO_PEERS,
  ) {
    this.#cooldown = new Cooldown(clock, FIRST_OPEN_MS, MAX_OPEN_MS);
    this.#own = new FailureWindow(clock);
    this.#all = new FailureWindow(clock);
    this.#unreported = new FailureWindow(clock);
  }

  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  async run<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    if (!this.isOpen) {
      const outcome = await next();
      this.#count(outcome);
      return outcome;
    }
    if (this.#cooldown.remaining > 0 || this.#isProbing) return this.#shortCircuited(call);
    return this.#probe(call, next);
  }

  /** What another replica publishes. */
  hear(news: News): void {
    if (news.kind === 'pause') {
      if (this.#state === 'closed') this.#open('open', 'another-replica');
      this.#state = 'open';
      this.#cooldown.startFor(news.ms);
    } else if (news.kind === 'resume') {
      if (this.#state === 'open') this.#close('another-replica');
    } else {
      this.#all.add(news);
      if (news.failed > 0) this.#hasFailures = true;
    }
  }

  async #probe<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    this.#isProbing = true;
    try {
      const isShared = this.#state === 'open';
      if (isShared && !(await this.peers.takeProbe())) return this.#shortCircuited(call);
      const outcome = await next();
      const health = healthOf(outcome);
      if (health === 'failure') this.#pause(isShared);
      else if (health === 'none') this.peers.giveBackProbe();
      else if (this.isOpen) {
        this.#close('probe-succeeded');
        if (isShared) this.peers.publish({ kind: 'resume' });
      }
      return outcome;
    } finally {
      this.#isProbing = false;
    }
  }

  /** Ignores the calls that were under way when the breaker opened. */
  #count(outcome: Outcome): void {
    const health = healthOf(outcome);
    if (this.isOpen || health === 'none') return;
    const counts = health === 'failure' ? { ok: 0, failed: 1 } : { ok: 1, failed: 0 };
    for (const window of [this.#own, this.#all, this.#unreported]) window.add(counts);
    this.#report(counts.failed > 0);
    const { tooMany } = this.#all;
    if (tooMany) this.#open('open', tooMany);
    else if (this.#own.tooMany) this.#open('open here only', 'failures-of-this-replica');
    if (this.isOpen) this.#pause(this.#state === 'open');
  }

  /** Publishes each failure, and the first success after one, here or elsewhere: so all replicas count the same failures in a row. */
  #report(isFailure: boolean): void {
    if (!isFailure && !this.#hasFailures) return;
    this.peers.publish({ kind: 'counts', ...this.#unreported.counts });
    this.#unreported.clear();
    this.#hasFailures = isFailure;
  }

  #open(state: 'open' | 'open here only', reason: BreakerReason): void {
    this.#state = state;
    this.onChange(true, reason);
  }

  #pause(isShared: boolean): void {
    this.#cooldown.start();
    if (isShared) this.peers.publish({ kind: 'pause', ms: Math.ceil(this.#cooldown.remaining), status: 503 });
  }

  #close(reason: BreakerReason): void {
    this.#state = 'closed';
    this.#cooldown.reset();
    for (const window of [this.#own, this.#all, this.#unreported]) window.clear();
    this.#hasFailures = false;
    this.onChange(false, reason);
  }

  #shortCircuited(call: Call): ShortCircuited {
    const retryAfterMs = Math.max(this.#cooldown.remaining, PROBING_MS);
    return { kind: 'short-circuited', phase: phaseOf(call), by: 'breaker', status: 503, retryAfterMs };
  }
}

function healthOf(outcome: Outcome): 'ok' | 'failure' | 'none' {
  return outcome.kind === 'ok' ? 'ok' : rulesOf(outcome).breaker;
}
