import type { Cancellation } from '../clock/cancellation';
import type { Deadline } from '../context/deadline';
import type { CachedResponse, LoadedResponse } from './entries/cached-response';
import type { RequestDirectives } from './request-directives';

/** A question to the cache, and how to answer it where the cache cannot. */
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
  /** The caller's own; whoever leads the call for several, none waits longer than its own. */
  readonly deadline: Deadline;
  /** Aborted when the caller goes away. */
  readonly signal?: Cancellation | undefined;
  /**
   * Asks Hubster; throws a `Problem`. Its answer is finished, masked and checked for this tenant. `abandoned` is aborted when
   * all who waited for it have gone away.
   */
  readonly load: (abandoned: Cancellation) => Promise<LoadedResponse>;
  /**
   * Whether an answer that is kept is better than this failure: of `load`, or `upstream-timeout` when the caller's
   * deadline ends first. If not, what is kept is dropped.
   */
  readonly mayServeStale: (error: unknown) => boolean;
}

export interface CacheResult {
  readonly response: CachedResponse;
  /** Whole seconds since Hubster was asked, for `Age`. */
  readonly ageSeconds: number;
  /** The member of `Cache-Status` (RFC 9211). */
  readonly cacheStatus: string;
}
