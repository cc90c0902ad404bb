import { LRUCache } from 'lru-cache';
import type { Tenant } from '../../context/tenant';

const MAX_TENANTS = 10_000;
const MAX_PASSTHROUGH_TOKENS = 1000;

/**
 * One `T` a tenant, created at the first use. Bounded: the least recently used tenant is evicted. Passthrough tokens, of which a caller can
 * invent any number, have a table of their own, so that they evict only each other (N2).
 */
export class PerTenant<T extends object> {
  readonly #tenants = new LRUCache<string, T>({ max: MAX_TENANTS });
  readonly #passthroughTokens = new LRUCache<string, T>({ max: MAX_PASSTHROUGH_TOKENS });

  constructor(private readonly make: () => T) {}

  of({ id, credentials }: Tenant): T {
    const table = 'portalToken' in credentials ? this.#passthroughTokens : this.#tenants;
    const known = table.get(id);
    if (known) return known;
    const made = this.make();
    table.set(id, made);
    return made;
  }

  /** The values of the configured tenants. */
  configured(): readonly T[] {
    return [...this.#tenants.values()];
  }
}
