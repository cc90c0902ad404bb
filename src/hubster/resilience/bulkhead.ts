import type { Clock } from '../../clock/clock';
import { isPassthrough } from '../../context/quota';
import type { Tenant } from '../../context/tenant';
import {
  type Call,
  type CallClass,
  deadlineSpent,
  isAbandoned,
  type Next,
  type Outcome,
  phaseOf,
} from '../outcome/outcome';

const AT_ONCE = 10;
const WAITING = 20;
const WAIT_MS = 500;
const AT_ONCE_IN_ALL = 100;
/** The last slots are for tenants with fewer than two running calls: ten tenants whose calls hang do not block an eleventh (N2). */
const RESERVED = 20;
const FEW_ACTIVE = 2;
const WAITING_IN_ALL = 1000;
/** Limits for all probes of new tokens, and for all passthrough callers, because the number of either is unlimited. */
const MAX_PROBES = { active: 20, waiting: 200 };
const MAX_PASSTHROUGH = { active: 40, waiting: 400 };
/** `Retry-After` for rejected calls. */
const RETRY_AFTER_MS = 1000;

class Waiter {
  isAdmitted = false;
  #resolve = () => {};
  readonly admitted = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** The slot is then counted, even if the timeout of the waiter ends in the same tick. */
  admit(): void {
    this.isAdmitted = true;
    this.#resolve();
  }
}

/** Calls of several tenants that share one limit. */
interface CallGroup {
  readonly max: { readonly active: number; readonly waiting: number };
  active: number;
  waiting: number;
}

/** The calls of one tenant and class. */
interface TenantQueue {
  readonly groups: readonly CallGroup[];
  readonly share: Share;
  active: number;
  waiting: Waiter[];
}

/** The running calls and the queues of one tenant. */
interface Share {
  active: number;
  readonly queues: Map<CallClass, TenantQueue>;
}

/**
 * Limits running calls: 10 a tenant and class with 20 waiting up to 500 ms, 100 in all. A free slot goes to the waiting tenant with the
 * fewest running calls, so that capacity is shared fairly (N2). Idle tenants use no memory.
 */
export class Bulkhead {
  readonly #shares = new Map<string, Share>();
  readonly #all: CallGroup = emptyGroup({ active: AT_ONCE_IN_ALL, waiting: WAITING_IN_ALL });
  readonly #probes: CallGroup = emptyGroup(MAX_PROBES);
  readonly #passthrough: CallGroup = emptyGroup(MAX_PASSTHROUGH);

  constructor(private readonly clock: Clock) {}

  async run<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    const queue = this.#queueOf(call);
    if (this.#mayStart(queue)) this.#count(queue, 1);
    else if (!(await this.#isAdmittedInTime(queue, call))) {
      this.#forget(call);
      if (isAbandoned(call)) return deadlineSpent(call, false);
      return {
        kind: 'short-circuited',
        phase: phaseOf(call),
        by: 'bulkhead',
        status: 503,
        retryAfterMs: RETRY_AFTER_MS,
      };
    }
    try {
      return await next();
    } finally {
      this.#release(queue);
      this.#forget(call);
    }
  }

  #mayStart({ active, share, groups }: TenantQueue): boolean {
    if (groups.some((group) => group.active >= group.max.active)) return false;
    const free = AT_ONCE_IN_ALL - this.#all.active;
    return active < AT_ONCE && free > (share.active < FEW_ACTIVE ? 0 : RESERVED);
  }

  #count(queue: TenantQueue, change: 1 | -1): void {
    queue.active += change;
    queue.share.active += change;
    for (const group of queue.groups) group.active += change;
  }

  async #isAdmittedInTime(queue: TenantQueue, call: Call): Promise<boolean> {
    const { groups } = queue;
    if (queue.waiting.length >= WAITING || groups.some(({ waiting, max }) => waiting >= max.waiting)) return false;
    const waiter = new Waiter();
    queue.waiting.push(waiter);
    for (const group of groups) group.waiting += 1;
    const timeout = { ms: call.deadline.within(WAIT_MS).remaining, signal: call.signal };
    await this.clock.withTimeout(waiter.admitted, timeout);
    for (const group of groups) group.waiting -= 1;
    queue.waiting = queue.waiting.filter((other) => other !== waiter);
    return waiter.isAdmitted;
  }

  #release(queue: TenantQueue): void {
    this.#count(queue, -1);
    for (let next = this.#nextQueue(); next; next = this.#nextQueue()) {
      this.#count(next, 1);
      next.waiting.shift()?.admit();
    }
  }

  #nextQueue(): TenantQueue | undefined {
    if (this.#all.waiting === 0) return undefined;
    return [...this.#shares.values()]
      .flatMap(({ queues }) => [...queues.values()])
      .filter((queue) => queue.waiting.length > 0 && this.#mayStart(queue))
      .sort((one, other) => one.share.active - other.share.active)[0];
  }

  #queueOf({ tenant, class: callClass }: Call): TenantQueue {
    const share = this.#shares.get(tenant.id) ?? { active: 0, queues: new Map<CallClass, TenantQueue>() };
    this.#shares.set(tenant.id, share);
    const queue = share.queues.get(callClass) ?? {
      groups: this.#groupsOf(tenant, callClass),
      share,
      active: 0,
      waiting: [],
    };
    share.queues.set(callClass, queue);
    return queue;
  }

  #groupsOf(tenant: Tenant, callClass: CallClass): readonly CallGroup[] {
    if (callClass === 'probe') return [this.#all, this.#probes];
    return isPassthrough(tenant) ? [this.#all, this.#passthrough] : [this.#all];
  }

  #forget({ tenant }: Call): void {
    const queues = [...(this.#shares.get(tenant.id)?.queues.values() ?? [])];
    if (queues.every(({ active, waiting }) => active === 0 && waiting.length === 0)) this.#shares.delete(tenant.id);
  }
}

function emptyGroup(max: CallGroup['max']): CallGroup {
  return { max, active: 0, waiting: 0 };
}
