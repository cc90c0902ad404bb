import type { CacheRead } from '../cache-read';
import type { Entry } from '../entries/entry';
import type { Generation } from '../generations/generations';

/** Where an entry lies. Stores never answer with what lies anywhere else (N2, N4). */
export interface CacheKey {
  readonly tenant: string;
  /** What the tenant may see: an entry is served to no other (see `Tenant.visibility`). */
  readonly visibility: string;
  /** See `Tenant.previousVisibility`: where a replica with the other `SECRET_KEY` of a rotation keeps its entries. */
  readonly previousVisibility?: string | undefined;
  /** The tenant's generation, read before the load of the entry began. */
  readonly generation: string;
  /** See `resourceKey`. */
  readonly key: string;
}

export function cacheKeyOf({ tenant, visibility, previousVisibility, key }: CacheRead, { id }: Generation): CacheKey {
  return { tenant, visibility, previousVisibility, generation: id, key };
}

/** A tier of the cache. It may lose entries at any time; it never fails and never changes one. */
export abstract class CacheStore {
  abstract get(cacheKey: CacheKey): Entry | undefined | Promise<Entry | undefined>;
  abstract set(cacheKey: CacheKey, entry: Entry): void | Promise<void>;
  abstract delete(cacheKey: CacheKey): void | Promise<void>;
}
