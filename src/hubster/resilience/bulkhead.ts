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
/** For all calls together. */
const MAX_GENERAL = { active: 80, waiting: 1000 };
/** More for tenants with fewer than two running calls: ten tenants whose calls hang do not block an eleventh (N2). */
const MAX_RESERVED = { active: 20, waiting: 0 };
const FEW_ACTIVE = 2;
/** Limits for all probes of new tokens, and for all passthrough callers, because the number of either is unlimited. */
const MAX_PROBES = { active: 20, waiting: 200 };
const MAX_PASSTHROUGH = { active: 40, waiting: 400 };
/** The outcome of a call that finds no slot in time. */
const REJECTED = { status: 503, retryAfterMs: 1000 } as const;

/** A call that waits for a slot. */
class Waiter {
  slot: CallGroup | undefined;
  #resolve = () => {};
  readonly admitted = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** The slot is then counted, even if the timeout of the waiter ends in the same tick. */
  admit(slot: CallGroup): void {
    this.slot = slot;
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
  /** Beside the general slots and the reserved ones. */
  readonly groups: readonly CallGroup[];
  readonly share: Share;
  active: number;
  waiting: Waiter[];
  /** Its calls that run on a slot of a group, and its part of `wanted` of that group. */
  readonly uses: Map<CallGroup, { active: number; wanted: number }>;
}

/** The running calls and the queues of one tenant. */
interface Share {
  readonly tenant: string;
  active: number;
  readonly queues: Map<CallClass, TenantQueue>;
}

/**
 * Limits running calls: 10 a tenant and class with 20 waiting up to 500 ms, 100 in all of a Hubster service; all replicas together run no more. A free slot
 * goes to the waiting tenant with the fewest running calls, so that capacity is shared fairly (N2). Idle tenants use no memory.
 */
export class Bulkhead {
  readonly #shares = new Map<string, Share>();
  readonly #general: CallGroup;
  readonly #reserved: CallGroup;
  readonly #probes: CallGroup;
  readonly #passthrough: CallGroup;

  /** @param service names the Hubster service that the calls go to; empty: that of the environment */
  constructor(
    private readonly clock: Clock,
    private readonly fleet: Fleet,
    private readonly service = '',
  ) {
    this.#general = this.#group('general', MAX_GENERAL);
    this.#reserved = this.#group('reserved', MAX_RESERVED);
    this.#probes = this.#group('probes', MAX_PROBES);
    this.#passthrough = this.#group('passthrough', MAX_PASSTHROUGH);
  }

  async run<T>(call: Call, next: Next<T>): Promise<Outcome<T>> {
    const queue = this.#queueOf(call);
    const free = this.#freeSlot(queue);
    if (free) this.#count(queue, free, 1);
    const slot = free ?? (await this.#slotInTime(queue, call));
    if (!slot) {
      this.#forgetIdle(queue.share);
      if (isAbandoned(call)) return deadlineSpent(call, false);
      return { kind: 'short-circuited', phase: phaseOf(call), by: 'bulkhead', ...REJECTED };
    }
    try {
      return await next();
    } finally {
      this.#count(queue, slot, -1);
      this.#admitWaiting();
      this.#forgetIdle(queue.share);
    }
  }

  /** The group that has a slot for the next call of the queue. */
  #freeSlot(queue: TenantQueue): CallGroup | undefined {
    if (isFull(queue) || queue.groups.some(isFull)) return undefined;
    if (!isFull(this.#general)) return this.#general;
    return hasFew(queue) && !isFull(this.#reserved) ? this.#reserved : undefined;
  }

  #count(queue: TenantQueue, slot: CallGroup, change: 1 | -1): void {
    queue.active += change;
    queue.share.active += change;
    for (const group of [slot, ...queue.groups]) {
      group.active += change;
      usesOf(queue, group).active += change;
    }
    this.#updateSlots(queue);
  }

  /** A waiting call wants slots of groups only if its tenant has one for it, or may get one. */
  #updateSlots(queue: TenantQueue): void {
    const { slots, active, waiting, groups } = queue;
    const startable = Math.min(waiting.length, Math.max(0, slots.reachable - active));
    const isGeneralFull = this.#general.active >= this.#general.slots.reachable;
    for (const group of [this.#general, ...groups]) want(queue, group, startable);
    want(queue, this.#reserved, isGeneralFull && hasFew(queue) ? Math.min(startable, FEW_ACTIVE) : 0);
    slots.update(active, active + waiting.length);
  }

  async #slotInTime(queue: TenantQueue, call: Call): Promise<CallGroup | undefined> {
    const groups = [this.#general, ...queue.groups];
    if (!mayWait(queue.slots, queue.waiting.length, WAITING)) return undefined;
    if (groups.some(({ slots, waiting, maxWaiting }) => !mayWait(slots, waiting, maxWaiting))) return undefined;
    const waiter = new Waiter();
    queue.waiting.push(waiter);
    for (const group of groups) group.waiting += 1;
    this.#updateSlots(queue);
    const timeout = { ms: call.deadline.within(WAIT_MS).remaining, signal: call.signal };
    await this.clock.withTimeout(waiter.admitted, timeout);
    // After a stall of this process timers come first: what has arrived meanwhile may bring a slot.
    if (!waiter.slot) await new Promise(setImmediate);
    for (const group of groups) group.waiting -= 1;
    queue.waiting = queue.waiting.filter((other) => other !== waiter);
    this.#updateSlots(queue);
    return waiter.slot;
  }

  #admitWaiting(): void {
    for (let next = this.#nextQueue(); next; next = this.#nextQueue()) {
      const slot = this.#freeSlot(next);
      const waiter = next.waiting.shift();
      if (!slot || !waiter) return;
      this.#count(next, slot, 1);
      waiter.admit(slot);
    }
  }

  #nextQueue(): TenantQueue | undefined {
    if (this.#general.waiting === 0) return undefined;
    return [...this.#shares.values()]
      .flatMap(({ queues }) => [...queues.values()])
      .filter((queue) => queue.waiting.length > 0 && this.#freeSlot(queue))
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
    const queue: TenantQueue = { slots, groups, share, active: 0, waiting: [], uses: new Map() };
    return queue;
  }

  #groupsOf(tenant: Tenant, callClass: CallClass): readonly CallGroup[] {
    if (callClass === 'probe') return [this.#probes];
    return isPassthrough(tenant) ? [this.#passthrough] : [];
  }

  #group(name: string, max: { readonly active: number; readonly waiting: number }): CallGroup {
    const slots = this.fleet.sharedSlots(this.service ? `${name} ${this.service}` : name, max.active, () =>
      this.#admitWaiting(),
    );
    return { slots, maxWaiting: max.waiting, active: 0, waiting: 0, wanted: 0 };
  }

  #forgetIdle({ tenant, queues }: Share): void {
    const isIdle = ({ active, waiting, slots }: TenantQueue) => active === 0 && waiting.length === 0 && slots.isIdle;
    if ([...queues.values()].every(isIdle)) this.#shares.delete(tenant);
  }
}

function isFull({ active, slots }: Pick<CallGroup, 'active' | 'slots'>): boolean {
  return active >= slots.allowed;
}

/** Whether its tenant has few running calls, in all replicas. */
function hasFew({ share, slots }: TenantQueue): boolean {
  return share.active + slots.others < FEW_ACTIVE;
}

function usesOf(queue: TenantQueue, group: CallGroup): { active: number; wanted: number } {
  const uses = queue.uses.get(group) ?? { active: 0, wanted: 0 };
  queue.uses.set(group, uses);
  return uses;
}

/** States that the queue wants slots of the group for `waiting` calls beside those that run. */
function want(queue: TenantQueue, group: CallGroup, waiting: number): void {
  const uses = usesOf(queue, group);
  group.wanted += uses.active + waiting - uses.wanted;
  uses.wanted = uses.active + waiting;
  group.slots.update(group.active, group.wanted);
}

/** The calls that would run if no other replica held a slot may wait as well. */
function mayWait(slots: Slots, waiting: number, maxWaiting: number): boolean {
  return waiting < maxWaiting + slots.max - slots.allowed;
}
