import type { Caller } from './caller';
import type { Deadline } from './deadline';
import type { RequestStats } from './request-stats';
import type { Tenant } from './tenant';

/** What every room needs to know of the request it works for. */
export interface RequestContext {
  readonly requestId: string;
  /** The 32 hexadecimal digits of the caller's `traceparent` (W3C Trace Context), where one came. */
  readonly traceId?: string;
  readonly caller: Caller;
  readonly tenant: Tenant;
  /** The caller's address, as the socket tells it; forwarded headers decide nothing. */
  readonly address: string;
  /** `X-On-Behalf-Of`: recorded, decides nothing. */
  readonly onBehalfOf?: string;
  /** How long the caller waits at the most. Rooms lower it further, never raise it. */
  readonly deadline: Deadline;
  readonly stats: RequestStats;
}
