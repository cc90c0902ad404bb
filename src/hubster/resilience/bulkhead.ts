import type { Clock } from '../../clock/clock';
import type { Outcome } from '../outcome/outcome';
import { type Call, type CallClass, deadlineSpent, isAbandoned, type Next, phaseOf } from './layer';
import { atMost } from './with-timeout';

const AT_ONCE = 10;
const WAITING = 20;
const WAIT_MS = 500;
const AT_ONCE_IN_ALL = 100;
/** The last places are for tenants that hold next to none: ten whose calls hang do not keep an eleventh waiting (N2). */
const RESERVED = 20;
const NEXT_TO_NONE = 2;
/** Strangers, of whom there may be any number, get no more than this together. */
const PROBES_IN_ALL = 20;
const WAITING_IN_ALL = 1000;
/** What refused callers are told. */
const RETRY_AFTER_MS = 1000;

class Waiter {
  isAdmitted = false;
  #resolve = () => {};
  readonly admitted = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** Its place is taken, even if it has just run out of patience. */
  admit(): void {
    this.isAdmitted = true;
    this.#resolve();
  }
}

/** The calls of one tenant and class. */
interface Lane {
  readonly class: CallClass;
  readonly share: Share;
  active: number;
  waiting: Waiter[];
}

/** What one tenant holds of the whole. */
interface Share {
  active: number;
  readonly lanes: Map<CallClass, Lane>;
}

/**
 * Bounds the calls under way: 10 a tenant and class with 20 waiting up to 500 ms, 100 in all. A place that falls free goes to
 * the waiting tenant that holds the fewest, so capacity is shared fairly (N2). Idle tenants take no memory.
 */
export class Bulkhead {
  readonly #shares = new Map<string, Share>();
  #active = 0;
  #probes = 0;
  #waiting = 0;

  constructor(private readonly clock: Clock) {}

  async run(call: Call, next: Next): Promise<Outcome> {
    const lane = this.#laneOf(call);
    if (this.#mayStart(lane)) this.#count(lane, 1);
    else if (!(await this.#isAdmittedInTime(lane, call))) {
      this.#forget(call);
      if (isAbandoned(call)) return deadlineSpent(call, false);
      return { kind: 'held', phase: phaseOf(call), by: 'bulkhead', status: 503, retryAfterMs: RETRY_AFTER_MS };
    }
    try {
      return await next();
    } finally {
      this.#release(lane);
      this.#forget(call);
    }
  }

  #mayStart({ active, share, class: callClass }: Lane): boolean {
    if (callClass === 'probe' && this.#probes >= PROBES_IN_ALL) return false;
    const free = AT_ONCE_IN_ALL - this.#active;
    return active < AT_ONCE && free > (share.active < NEXT_TO_NONE ? 0 : RESERVED);
  }

  #count(lane: Lane, change: 1 | -1): void {
    lane.active += change;
    lane.share.active += change;
    this.#active += change;
    if (lane.class === 'probe') this.#probes += change;
  }

  async #isAdmittedInTime(lane: Lane, call: Call): Promise<boolean> {
    if (lane.waiting.length >= WAITING || this.#waiting >= WAITING_IN_ALL) return false;
    const waiter = new Waiter();
    lane.waiting.push(waiter);
    this.#waiting += 1;
    const patience = { ms: call.deadline.within(WAIT_MS).remaining, signal: call.signal };
    await atMost(this.clock, patience, waiter.admitted);
    this.#waiting -= 1;
    lane.waiting = lane.waiting.filter((other) => other !== waiter);
    return waiter.isAdmitted;
  }

  #release(lane: Lane): void {
    this.#count(lane, -1);
    for (let next = this.#nextLane(); next; next = this.#nextLane()) {
      this.#count(next, 1);
      next.waiting.shift()?.admit();
    }
  }

  #nextLane(): Lane | undefined {
    if (this.#waiting === 0) return undefined;
    return [...this.#shares.values()]
      .flatMap(({ lanes }) => [...lanes.values()])
      .filter((lane) => lane.waiting.length > 0 && this.#mayStart(lane))
      .sort((one, other) => one.share.active - other.share.active)[0];
  }

  #laneOf({ tenant, class: callClass }: Call): Lane {
    const share = this.#shares.get(tenant.id) ?? { active: 0, lanes: new Map<CallClass, Lane>() };
    this.#shares.set(tenant.id, share);
    const lane = share.lanes.get(callClass) ?? { class: callClass, share, active: 0, waiting: [] };
    share.lanes.set(callClass, lane);
    return lane;
  }

  #forget({ tenant }: Call): void {
    const lanes = [...(this.#shares.get(tenant.id)?.lanes.values() ?? [])];
    if (lanes.every(({ active, waiting }) => active === 0 && waiting.length === 0)) this.#shares.delete(tenant.id);
  }
}
