import type { Secret } from '../secrets/secret';

/** How Stagedoor gets a portal token for a tenant (S-005). */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** The caller's own portal token, passed through. */
export interface PassthroughToken {
  readonly portalToken: Secret;
}

/** On whose behalf Hubster is asked. Data, cache, limits, breakers, locks and audit are kept per tenant (N2). */
export interface Tenant {
  readonly id: string;
  readonly credentials: ClientCredentials | PassthroughToken;
  /** The only hubs this tenant may touch, lower case (S-016); absent: whatever its credentials see. */
  readonly hubs?: ReadonlySet<string>;
  /**
   * A keyed digest of id, credentials and hubs: what Hubster shows to one visibility is never served to another, whichever of them a
   * replica or a request under way still has.
   */
  readonly visibility: string;
  /** The same under `SECRET_KEY_PREVIOUS`, where one is set. */
  readonly previousVisibility?: string;
  /** How often its callers may call, all together; absent: without a limit. */
  readonly requestsPerMinute?: number;
}
