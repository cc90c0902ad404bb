/** Durations in milliseconds. */
export interface CacheOptions {
  /** How long one integration is fresh. */
  readonly freshMs: number;
  /** How long a list is fresh. */
  readonly listFreshMs: number;
  /** How long it is then served while it is being renewed. */
  readonly staleMs: number;
  /** How long it is then served when Hubster fails. */
  readonly errorStaleMs: number;
  /** Bound of the memory tier. */
  readonly memoryBytes: number;
}
