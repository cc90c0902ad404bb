import type { CacheOptions } from '../cache-options';
import type { CachedResponse } from './cached-response';

const NOT_FOUND_FRESH_MS = 5_000;
const JITTER = 0.1;

/** How long a response may be served, in milliseconds. */
export interface Lifetime {
  readonly freshMs: number;
  /** Counted from the end of freshness, like `errorStaleMs`. */
  readonly staleMs: number;
  readonly errorStaleMs: number;
}

export interface Entry extends Lifetime {
  readonly response: CachedResponse;
  /** When the load began, on this process's monotonic clock: the response is at least as new. */
  readonly loadedAt: number;
}

export type Freshness = 'fresh' | 'stale-while-revalidate' | 'stale-if-error' | 'expired';

/**
 * Jitter of ±10 % prevents entries that were loaded together from expiring together. A 404 is kept briefly and never
 * served stale, as the integration may have been created elsewhere (S-405).
 */
export function lifetimeOf(
  options: CacheOptions,
  kind: 'one' | 'list',
  status: CachedResponse['status'],
  random = Math.random,
): Lifetime {
  const fresh = kind === 'one' ? options.freshMs : options.listFreshMs;
  const jitter = 1 - JITTER + 2 * JITTER * random();
  if (status === 404) return { freshMs: Math.min(NOT_FOUND_FRESH_MS, fresh) * jitter, staleMs: 0, errorStaleMs: 0 };
  return { freshMs: fresh * jitter, staleMs: options.staleMs, errorStaleMs: options.errorStaleMs };
}

export function ageOf(entry: Entry, now: number): number {
  return Math.max(0, now - entry.loadedAt);
}

export function freshnessOf(entry: Entry, now: number): Freshness {
  const staleFor = ageOf(entry, now) - entry.freshMs;
  if (staleFor < 0) return 'fresh';
  if (staleFor < entry.staleMs) return 'stale-while-revalidate';
  return staleFor < entry.errorStaleMs ? 'stale-if-error' : 'expired';
}

/** Milliseconds until the entry may not be served any more. */
export function remainingLifeOf(entry: Entry, now: number): number {
  return entry.freshMs + Math.max(entry.staleMs, entry.errorStaleMs) - ageOf(entry, now);
}
