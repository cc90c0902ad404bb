import type { Clock } from '../../clock/clock';

/** How many calls this replica may run at once, of a limit that all replicas share. */
export interface Slots {
  /** The limit of all replicas together. */
  readonly max: number;
  /** Calls that may run here now. */
  readonly allowed: number;
  /** The most that may be allowed soon, as far as this replica knows. */
  readonly reachable: number;
  /** Slots that other replicas hold. */
  readonly others: number;
  /** Whether nothing is leased or to be given back. */
  readonly isIdle: boolean;
  /** States how many calls run, and how many run or want to. */
  update(running: number, wanted: number): void;
}

/** Slots of one replica alone: it has them all. */
export class OwnSlots implements Slots {
  readonly others = 0;
  readonly isIdle = true;

  constructor(readonly max: number) {}

  get allowed(): number {
    return this.max;
  }

  get reachable(): number {
    return this.max;
  }

  update(): void {
    // Nobody else has to know.
  }
}

/**
 * Holds at least `least` slots of this replica, which may be in use, and `wanted` if all replicas together have as many. Resolves to the
 * slots that it may use, fewer than `least` if it has to give some back, and those that others hold.
 */
export type SlotLease = (least: number, wanted: number) => Promise<{ granted: number; others: number }>;

/** A replica that says nothing for this long has lost its slots: it was killed, or is cut off from Redis. */
export const SLOT_LIFE_MS = 3000;
/** Slots that are no longer wanted are given back within this time. */
const AGAIN_MS = 100;
/** The same while there are fewer slots than this replica wants. */
const SHORT_AGAIN_MS = 25;

/**
 * Slots leased from those of all replicas. The first call of a tenant after a pause waits for Redis once; while calls go on, what they
 * need is kept. A replica never runs more calls than Redis knows of, so all together stay within the limit. While leasing fails, this
 * replica has the whole limit (N6).
 */
export class LeasedSlots implements Slots {
  #allowed = 0;
  #others = 0;
  #running = 0;
  #wanted = 0;
  #isShort = false;
  #isAlone = false;
  #isLeasing = false;
  #cancelNext: (() => void) | undefined;

  /** @param onChange called after each lease */
  constructor(
    readonly max: number,
    private readonly clock: Clock,
    private readonly lease: SlotLease,
    private readonly onChange: () => void,
  ) {}

  get allowed(): number {
    return this.#allowed;
  }

  get reachable(): number {
    return this.#isShort ? this.#allowed : this.max;
  }

  get others(): number {
    return this.#others;
  }

  get isIdle(): boolean {
    return !this.#isLeasing && this.#cancelNext === undefined;
  }

  update(running: number, wanted: number): void {
    this.#running = running;
    this.#wanted = Math.min(wanted, this.max);
    if (this.isIdle ? wanted > 0 : this.#lacksSlots) void this.#renew();
  }

  /** Whether more slots would be granted, for all that is known. */
  get #lacksSlots(): boolean {
    return !this.#isShort && this.#wanted > this.#allowed;
  }

  /** Whatever is short may have to be given back, except for the calls that run. */
  get #mayKeep(): boolean {
    return !this.#isShort && !this.#isAlone;
  }

  async #renew(): Promise<void> {
    if (this.#isLeasing) return;
    this.#isLeasing = true;
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    do await this.#leaseOnce();
    while (this.#lacksSlots);
    this.#isLeasing = false;
    if (this.#allowed > 0 && (this.#wanted > 0 || !this.#isAlone)) this.#renewAfter(AGAIN_MS);
    else if (this.#wanted > 0) this.#renewAfter(SHORT_AGAIN_MS);
    this.onChange();
  }

  #renewAfter(longest: number): void {
    const ms = this.#isShort ? SHORT_AGAIN_MS : longest;
    this.#cancelNext = this.clock.after(ms, () => void this.#renew());
  }

  async #leaseOnce(): Promise<void> {
    const wanted = this.#wanted;
    const least = Math.max(this.#running, this.#mayKeep ? Math.min(this.#allowed, wanted) : 0);
    // Until the reply, no call starts on a slot that may be given to another replica.
    if (!this.#isAlone) this.#allowed = Math.min(this.#allowed, least);
    try {
      const { granted, others } = await this.lease(least, wanted);
      this.#allowed = granted;
      this.#others = others;
      this.#isShort = granted < wanted;
      this.#isAlone = false;
    } catch {
      this.#allowed = this.max;
      this.#others = 0;
      this.#isShort = false;
      this.#isAlone = true;
    }
  }
}
