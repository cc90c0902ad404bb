import type { Span } from '../../context/span';
import type { CacheRead } from '../cache-read';
import type { Entry } from '../entry';
import type { Generation } from '../generations/generations';

/** Identifies an entry. A store never returns an entry of another key (N2, N4). */
export interface CacheKey {
  readonly tenant: string;
  /** Only requests with the same visibility get the entry (see `Tenant.visibility`). */
  readonly visibility: string;
  /** See `Tenant.previousVisibility`: replicas that use the other `SECRET_KEY` during a rotation store entries under it. */
  readonly previousVisibility?: string | undefined;
  /** The generation of the response's tags, read before its load began. */
  readonly generation: string;
  /** A unique name of the resource, without the tenant: stores separate tenants themselves. */
  readonly key: string;
  /** The span of the read; no part of the identity. */
  readonly span?: Span | undefined;
}

export function cacheKeyOf(
  { tenant, visibility, previousVisibility, key, span }: CacheRead,
  { id }: Generation,
): CacheKey {
  return { tenant, visibility, previousVisibility, generation: id, key, span };
}

/** A tier of the cache. It may lose entries at any time, but never throws and never changes an entry. */
export abstract class CacheStore {
  abstract get(cacheKey: CacheKey): Entry | undefined | Promise<Entry | undefined>;
  abstract set(cacheKey: CacheKey, entry: Entry): void | Promise<void>;
  abstract delete(cacheKey: CacheKey): void | Promise<void>;
}
