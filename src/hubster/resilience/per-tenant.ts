import { LRUCache } from 'lru-cache';
import type { Tenant } from '../../context/tenant';

const MAX_TENANTS = 10_000;
const MAX_OWN_TOKENS = 1000;

/**
 * One `T` a tenant, made when first asked for. Bounded: the tenant used longest ago is forgotten. Callers who bring their own
 * tokens, and can make up any number of them, have a table apart, so that they push out nobody but each other (N2).
 */
export class PerTenant<T extends object> {
  readonly #tenants = new LRUCache<string, T>({ max: MAX_TENANTS });
  readonly #passthroughTokens = new LRUCache<string, T>({ max: MAX_OWN_TOKENS });

  constructor(private readonly make: () => T) {}

  of({ id, credentials }: Tenant): T {
    const table = 'portalToken' in credentials ? this.#passthroughTokens : this.#tenants;
    const known = table.get(id);
    if (known) return known;
    const made = this.make();
    table.set(id, made);
    return made;
  }

  /** Those of the configured tenants. */
  configured(): readonly T[] {
    return [...this.#tenants.values()];
  }
}
