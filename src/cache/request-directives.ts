import { ageOf, type Entry, type Freshness, freshnessOf } from './entries/entry';

/** What a request allows the cache to do (RFC 9111, 5.2.1). */
export interface RequestDirectives {
  /** Hubster is called, whatever is kept. */
  readonly noCache: boolean;
  /** What Hubster responds is not kept. */
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
