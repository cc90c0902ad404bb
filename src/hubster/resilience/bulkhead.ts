import type { Clock } from '../../clock/clock';
import { isPassthrough } from '../../context/quota';
import type { Tenant } from '../../context/tenant';
import type { Fleet } from '../fleet/fleet';
import { OwnSlots, type Slots } from '../fleet/slots';
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
  readonly slots: Slots;
  readonly maxWaiting: number;
  active: number;
  waiting: number;
  /** Calls that run, or would if this group had slots for them. */
  wanted: number;
}

/** The calls of one tenant and class. */
interface TenantQueue {
  readonly slots: Slots;
  readonly groups: readonly CallGroup[];
  readonly share: Share;
  active: number;
  waiting: Waiter[];
  /** The part of `wanted` of its groups. */
  wanted: number;
}

/** The running calls and the queues of one tenant. */
interface Share {
  readonly tenant: string;
  active: number;
  readonly queues: Map<CallClass, TenantQueue>;
}

/**
 * Limits running calls: 10 a tenant and class with 20 waiting up to 500 ms, 100 in all; all replicas together run no more. A free slot
 * goes to the waiting tenant with the fewest running calls, so that capacity is shared fairly (N2). Idle tenants use no memory.
 */
export class Bulkhead {
  readonly #shares = new Map<string, Share>();
  readonly #all: CallGroup;
  readonly #probes: CallGroup;
  readonly #passthrough: CallGroup;

  constructor(
    private readonly clock: Clock,
    private readonly fleet: Fleet,
  ) {
    this.#all = this.#group('all', AT_ONCE_IN_ALL, WAITING_IN_ALL);
    this.#probes = this.#group('probes', MAX_PROBES.active, MAX_PROBES.waiting);
    this.#passthrough = this.#group('passthrough', MAX_PASSTHROUGH.active, MAX_PASSTHROUGH.waiting);
  }

  async run<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    const queue = this.#queueOf(call);
    if (this.#mayStart(queue)) this.#count(queue, 1);
    else if (!(await this.#isAdmittedInTime(queue, call))) {
      this.#forgetIdle(queue.share);
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
      this.#count(queue, -1);
      this.#admitWaiting();
      this.#forgetIdle(queue.share);
    }
  }

  #mayStart({ slots, active, share, groups }: TenantQueue): boolean {
    if (active >= slots.allowed || groups.some((group) => group.active >= group.slots.allowed)) return false;
    const free = AT_ONCE_IN_ALL - this.#all.slots.others - this.#all.active;
    return free > (share.active < FEW_ACTIVE ? 0 : RESERVED);
  }

  #count(queue: TenantQueue, change: 1 | -1): void {
    queue.active += change;
    queue.share.active += change;
    for (const group of queue.groups) group.active += change;
    this.#updateSlots(queue);
  }

  /** A call wants a slot of its groups only if its tenant has one for it, or may get one. */
  #updateSlots(queue: TenantQueue): void {
    const { slots, active, waiting, groups } = queue;
    const wanted = active + Math.min(waiting.length, Math.max(0, slots.reachable - active));
    for (const group of groups) {
      group.wanted += wanted - queue.wanted;
      group.slots.update(group.active, group.wanted);
    }
    queue.wanted = wanted;
    slots.update(active, active + waiting.length);
  }

  async #isAdmittedInTime(queue: TenantQueue, call: Call): Promise<boolean> {
    const { groups } = queue;
    if (!hasRoom(queue.slots, queue.waiting.length, WAITING)) return false;
    if (groups.some(({ slots, waiting, maxWaiting }) => !hasRoom(slots, waiting, maxWaiting))) return false;
    const waiter = new Waiter();
    queue.waiting.push(waiter);
    for (const group of groups) group.waiting += 1;
    this.#updateSlots(queue);
    const timeout = { ms: call.deadline.within(WAIT_MS).remaining, signal: call.signal };
    await this.clock.withTimeout(waiter.admitted, timeout);
    for (const group of groups) group.waiting -= 1;
    queue.waiting = queue.waiting.filter((other) => other !== waiter);
    this.#updateSlots(queue);
    return waiter.isAdmitted;
  }

  #admitWaiting(): void {
    for (let next = this.#nextQueue(); next; next = this.#nextQueue()) {
      const waiter = next.waiting.shift();
      this.#count(next, 1);
      waiter?.admit();
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
    const share = this.#shares.get(tenant.id) ?? { tenant: tenant.id, active: 0, queues: new Map() };
    this.#shares.set(tenant.id, share);
    const queue = share.queues.get(callClass) ?? this.#newQueue(share, tenant, callClass);
    share.queues.set(callClass, queue);
    return queue;
  }

  #newQueue(share: Share, tenant: Tenant, callClass: CallClass): TenantQueue {
    const onChange = () => {
      this.#updateSlots(queue);
      this.#admitWaiting();
      this.#forgetIdle(share);
    };
    // Addresses that probe have no slots in Redis: their probes share those of the group.
    const slots =
      callClass === 'probe' ? new OwnSlots(AT_ONCE) : this.fleet.tenantSlots(tenant.id, callClass, AT_ONCE, onChange);
    const groups = this.#groupsOf(tenant, callClass);
    const queue: TenantQueue = { slots, groups, share, active: 0, waiting: [], wanted: 0 };
    return queue;
  }

  #groupsOf(tenant: Tenant, callClass: CallClass): readonly CallGroup[] {
    if (callClass === 'probe') return [this.#all, this.#probes];
    return isPassthrough(tenant) ? [this.#all, this.#passthrough] : [this.#all];
  }

  #group(name: string, max: number, maxWaiting: number): CallGroup {
    const slots = this.fleet.sharedSlots(name, max, () => this.#admitWaiting());
    return { slots, maxWaiting, active: 0, waiting: 0, wanted: 0 };
  }

  #forgetIdle({ tenant, queues }: Share): void {
    const isIdle = ({ active, waiting, slots }: TenantQueue) => active === 0 && waiting.length === 0 && slots.isIdle;
    if ([...queues.values()].every(isIdle)) this.#shares.delete(tenant);
  }
}

/** The calls that would run if no other replica held a slot may wait as well. */
function hasRoom(slots: Slots, waiting: number, maxWaiting: number): boolean {
  return waiting < maxWaiting + slots.max - slots.allowed;
}
