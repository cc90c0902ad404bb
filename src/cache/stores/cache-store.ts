import type { CacheRead } from '../cache-read';
import type { Entry } from '../entries/entry';
import type { Generation } from '../generations/generations';

/** Where an entry lies. Stores never answer with what lies anywhere else (N2, N4). */
export interface Place {
  readonly tenant: string;
  /** What the tenant may see: an entry is served to no other (see `Tenant.visibility`). */
  readonly visibility: string;
  /** See `Tenant.previousVisibility`: where a replica with the other `SECRET_KEY` of a rotation keeps its entries. */
  readonly previousVisibility?: string | undefined;
  /** The tenant's generation, read before the load of the entry began. */
  readonly generation: string;
  /** See `cacheKey`. */
  readonly key: string;
}

export function placeOf({ tenant, visibility, previousVisibility, key }: CacheRead, { id }: Generation): Place {
  return { tenant, visibility, previousVisibility, generation: id, key };
}

/** A tier of the cache. It may lose entries at any time; it never fails and never changes one. */
export abstract class CacheStore {
  abstract get(place: Place): Entry | undefined | Promise<Entry | undefined>;
  abstract set(place: Place, entry: Entry): void | Promise<void>;
  abstract delete(place: Place): void | Promise<void>;
}
