import type { Caller } from './caller';
import type { Deadline } from './deadline';
import type { RequestStats } from './request-stats';
import type { Tenant } from './tenant';

/** The facts about a request that every module may use. */
export interface RequestContext {
  readonly requestId: string;
  /** The 32 hexadecimal digits of the caller's `traceparent` (W3C Trace Context); absent without that header. */
  readonly traceId?: string;
  readonly caller: Caller;
  readonly tenant: Tenant;
  /** The caller's address at the socket; forwarded headers are ignored. */
  readonly address: string;
  /** `X-On-Behalf-Of`: recorded, without any effect. */
  readonly onBehalfOf?: string;
  /** Modules may shorten it, never extend it. */
  readonly deadline: Deadline;
  readonly stats: RequestStats;
}
