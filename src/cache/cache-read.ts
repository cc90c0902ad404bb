import type { Deadline } from '../context/request-context';
import { ageOf, type CachedResponse, type Entry, type Freshness, freshnessOf, type LoadedResponse } from './entry';

/** One read: its cache key, its limits, and how to load the response from Hubster. */
export interface CacheRead {
  readonly tenant: string;
  /** For the log. */
  readonly requestId?: string;
  /** See `Tenant.visibility`. */
  readonly visibility: string;
  /** See `Tenant.previousVisibility`. */
  readonly previousVisibility?: string | undefined;
  /** A unique name of the resource, without the tenant: stores separate tenants themselves. */
  readonly key: string;
  /** What the response depends on: a write that affects one of these tags makes its entry unusable. */
  readonly tags: readonly string[];
  readonly kind: 'one' | 'list';
  /** The caller's `Cache-Control`. */
  readonly directives: RequestDirectives;
  /** Of this caller; it also limits the wait for a call that another request has started. */
  readonly deadline: Deadline;
  /** Aborted when the caller disconnects. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Calls Hubster; throws a `Problem`. The response is complete, masked and checked for this tenant.
   * `abandoned` is aborted when all callers that waited for the response have disconnected.
   */
  readonly load: (abandoned: AbortSignal) => Promise<LoadedResponse>;
  /**
   * Whether a stale entry may be served in place of this error: one of `load`, or `upstream-timeout` when the caller's
   * deadline ends first. If not, the entry is deleted.
   */
  readonly mayServeStale: (error: unknown) => boolean;
  /** Whether an error of `load` says that Hubster was not called, as too many calls were waiting. */
  readonly isOverload: (error: unknown) => boolean;
}

export interface CacheResult {
  readonly response: CachedResponse;
  /** Whole seconds since the call to Hubster began, for `Age`. */
  readonly ageSeconds: number;
  /** The member of `Cache-Status` (RFC 9211). */
  readonly cacheStatus: string;
}

/** The `Cache-Control` of a request (RFC 9111, 5.2.1). */
export interface RequestDirectives {
  /** Hubster is called, even if there is an entry. */
  readonly noCache: boolean;
  /** The response of Hubster is not stored. */
  readonly noStore: boolean;
  /** Hubster is not called. */
  readonly onlyIfCached: boolean;
  /** The greatest age; infinite without a limit. */
  readonly maxAgeMs: number;
  /** For how long the response must stay fresh. */
  readonly minFreshMs: number;
  /** For how long it may have been stale; undefined: no directive, so the lifetimes of the cache apply. */
  readonly maxStaleMs: number | undefined;
}

export const NO_DIRECTIVES: RequestDirectives = {
  noCache: false,
  noStore: false,
  onlyIfCached: false,
  maxAgeMs: Number.POSITIVE_INFINITY,
  minFreshMs: 0,
  maxStaleMs: undefined,
};

/** `unwanted`: fresh, but excluded by the directives of the request. */
export type Usability = Freshness | 'unwanted';

/** How an entry may be used for a request. A request that limits age or freshness gets no stale entry, unless it has `max-stale`. */
export function usabilityOf(
  entry: Entry,
  { noCache, maxAgeMs, minFreshMs, maxStaleMs }: RequestDirectives,
  now: number,
): Usability {
  const freshness = freshnessOf(entry, now);
  if (freshness === 'expired') return freshness;
  const age = ageOf(entry, now);
  const isTooOld = noCache || age > maxAgeMs;
  if (freshness === 'fresh') return isTooOld || entry.freshMs - age < minFreshMs ? 'unwanted' : freshness;
  if (isTooOld || minFreshMs > 0) return 'expired';
  if (maxStaleMs === undefined) return Number.isFinite(maxAgeMs) ? 'expired' : freshness;
  return age - entry.freshMs <= maxStaleMs ? 'stale-while-revalidate' : 'expired';
}
