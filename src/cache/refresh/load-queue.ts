import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/request-context';

/** Loads of a tenant at once: those that run at Hubster, and those that wait for a slot there. */
const AT_ONCE = 20;
/** Loads of all tenants that wait here; one more is not queued. */
const MAX_WAITING = 5_000;
/** A load that Hubster had no slot for begins again after this time, in milliseconds. */
const PAUSE_MS = 100;
/** The time of the deadline that is left for the load itself. */
const FOR_LOAD_MS = 3_000;

interface TenantLoads {
  active: number;
  /** In their order; each call lets one that waits begin. */
  readonly waiting: Set<() => void>;
}

interface QueuedLoad<T> {
  readonly tenant: string;
  /** Of the first caller that waits for the load. */
  readonly deadline: Deadline;
  readonly abandoned: AbortSignal;
  readonly load: () => Promise<T>;
  /** Whether the error says that Hubster was not called, as too many calls were waiting. */
  readonly isOverload: (error: unknown) => boolean;
}

/**
 * Where many entries are lost at once, as after an interruption of Redis, the reads of a tenant need more calls than the bulkhead admits
 * or lets wait. They wait here, so that they take longer and do not fail (N6). A tenant waits for its own loads only (N2).
 */
export class LoadQueue {
  readonly #tenants = new Map<string, TenantLoads>();
  #waiting = 0;

  constructor(private readonly clock: Clock) {}

  /** Rejects with the error of `load`. */
  async run<T>({ tenant, deadline, abandoned, load, isOverload }: QueuedLoad<T>): Promise<T> {
    const end = this.clock.monotonic() + deadline.remaining - FOR_LOAD_MS;
    const loads = this.#tenants.get(tenant) ?? { active: 0, waiting: new Set() };
    this.#tenants.set(tenant, loads);
    if (loads.active < AT_ONCE) loads.active += 1;
    else if (!(await this.#admission(loads, end, abandoned))) return load();
    try {
      for (;;) {
        try {
          return await load();
        } catch (error) {
          if (!isOverload(error) || this.clock.monotonic() + PAUSE_MS > end) throw error;
        }
        // When it is abandoned, the next load rejects at once.
        await this.clock.sleep(PAUSE_MS, abandoned).catch(() => undefined);
      }
    } finally {
      this.#end(tenant, loads);
    }
  }

  /** Resolves to false if it is not admitted in time. */
  async #admission({ waiting }: TenantLoads, end: number, signal: AbortSignal): Promise<boolean> {
    const ms = end - this.clock.monotonic();
    if (ms <= 0 || this.#waiting >= MAX_WAITING) return false;
    let admit = () => {};
    const admitted = new Promise<true>((resolve) => {
      admit = () => resolve(true);
    });
    waiting.add(admit);
    this.#waiting += 1;
    await this.clock.withTimeout(admitted, { ms, signal });
    this.#waiting -= 1;
    return !waiting.delete(admit);
  }

  #end(tenant: string, loads: TenantLoads): void {
    const [next] = loads.waiting;
    if (next) {
      loads.waiting.delete(next);
      next();
      return;
    }
    loads.active -= 1;
    if (loads.active === 0) this.#tenants.delete(tenant);
  }
}
