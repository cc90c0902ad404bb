import type { Scope } from './scope';

/** Who calls: a service with an API key or a token. */
export interface Caller {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
  /** How often it may call, whichever tenant it acts for; absent: as its tenants may. */
  readonly requestsPerMinute?: number;
}
