import type { Caller } from '../context/caller';
import type { Tenant } from '../context/tenant';

/** What an identified caller may do. */
export interface Principal {
  readonly caller: Caller;
  /** The tenants it may act for; `*`: all there are. */
  readonly tenants: ReadonlySet<string> | '*';
  /** The tenant that needs no naming. A caller of `*` has none even while there is one tenant: a second must not break it. */
  readonly soleTenant?: Tenant;
  /** From when the principal holds no more, in milliseconds since the epoch; infinite for a key without end. */
  readonly expiresAt: number;
}
