import type { Caller } from '../context/caller';
import type { Tenant } from '../context/tenant';

/** An authenticated caller, and the tenants that it may act for. */
export interface Principal {
  readonly caller: Caller;
  /** `*`: all tenants. */
  readonly tenants: ReadonlySet<string> | '*';
  /** The tenant of requests that name none. Absent for `*` even while there is only one tenant: a second must not break the caller. */
  readonly soleTenant?: Tenant;
  /** In milliseconds since the epoch; infinite for a key that does not expire. */
  readonly expiresAt: number;
}
