/** Durations in milliseconds. */
export interface CacheOptions {
  /** How long one integration is fresh. */
  readonly freshMs: number;
  /** How long a list is fresh. */
  readonly listFreshMs: number;
  /** How long a stale entry is served while it is loaded again, counted from the end of freshness. */
  readonly staleMs: number;
  /** How long a stale entry is served when Hubster fails, counted from the end of freshness. */
  readonly errorStaleMs: number;
  /** Limit of the memory tier. */
  readonly memoryBytes: number;
}
