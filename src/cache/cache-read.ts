import type { Deadline } from '../context/deadline';
import type { CachedResponse, LoadedResponse } from './entries/cached-response';
import type { RequestDirectives } from './request-directives';

/** One read: its cache key, its limits, and how to load the response from Hubster. */
export interface CacheRead {
  readonly tenant: string;
  /** See `Tenant.visibility`. */
  readonly visibility: string;
  /** See `Tenant.previousVisibility`. */
  readonly previousVisibility?: string | undefined;
  /** See `resourceKey`. */
  readonly key: string;
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
}

export interface CacheResult {
  readonly response: CachedResponse;
  /** Whole seconds since the call to Hubster began, for `Age`. */
  readonly ageSeconds: number;
  /** The member of `Cache-Status` (RFC 9211). */
  readonly cacheStatus: string;
}
