import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** How long an id that Redis has confirmed is trusted, in milliseconds. */
export const TRUST_MS = 5_000;

/** All entries of a tenant belong to its current generation; renewing it makes all of them unusable at once. */
export interface Generation {
  readonly id: string;
  /**
   * Whether it is known to be current in all replicas. If not, Redis is not used for it, and memory only for entries that are at
   * most `TRUST_MS` old.
   */
  readonly isTrusted: boolean;
}

/** Keeps the generation of each tenant (N4, docs/decisions/0006). Callers compare ids for equality only. */
export abstract class Generations {
  /** The generation as this process knows it. */
  abstract current(tenant: string): Generation;

  /** The current generation, read from Redis if the known one is not trusted. Never rejects, takes at most 50 ms. */
  abstract confirmed(tenant: string): Promise<Generation>;

  /** Makes all entries of the tenant unusable: at once in this process, then in all replicas. Never rejects, takes at most 50 ms. */
  abstract renew(tenant: string): Promise<void>;

  /** A response that was loaded under another id must not be stored. */
  isCurrent(tenant: string, id: string): boolean {
    return this.current(tenant).id === id;
  }
}

/** Generations without Redis: there is one process, so its own ids are always current. */
export class LocalGenerations extends Generations {
  // A tenant that is evicted gets a new id: its entries are lost, never wrong.
  readonly #generations = new LRUCache<string, Generation>({ max: 10_000 });

  override current(tenant: string): Generation {
    const known = this.#generations.get(tenant);
    if (known) return known;
    const generation = { id: randomUUID(), isTrusted: true };
    this.#generations.set(tenant, generation);
    return generation;
  }

  override async confirmed(tenant: string): Promise<Generation> {
    return this.current(tenant);
  }

  override async renew(tenant: string): Promise<void> {
    this.#generations.delete(tenant);
  }
}

/** The tenants with writes in flight in this process: a response that is loaded meanwhile may be from before or after the write. */
export class InFlightWrites {
  readonly #counts = new Map<string, number>();

  has(tenant: string): boolean {
    return this.#counts.has(tenant);
  }

  begin(tenant: string): void {
    this.#counts.set(tenant, (this.#counts.get(tenant) ?? 0) + 1);
  }

  end(tenant: string): void {
    const others = (this.#counts.get(tenant) ?? 0) - 1;
    if (others > 0) this.#counts.set(tenant, others);
    else this.#counts.delete(tenant);
  }
}
