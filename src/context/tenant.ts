import type { Secret } from '../secrets/secret';

/** The credentials for a portal token of the tenant (S-005). */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** The Hubster services that issue and accept its tokens; absent: those of the environment. */
  readonly addresses?: { readonly portalUrl: URL; readonly identityUrl: URL };
}

/** A caller's own portal token, used for its calls to Hubster. */
interface PassthroughToken {
  readonly portalToken: Secret;
}

/** The tenant of a request. Data, cache, limits, breakers, locks and audit are separate for each tenant (N2). */
export interface Tenant {
  readonly id: string;
  readonly credentials: ClientCredentials | PassthroughToken;
  /** The only hubs of this tenant, lower case (S-016); absent: all hubs that its credentials can read. */
  readonly hubs?: ReadonlySet<string>;
  /**
   * A keyed digest of id, credentials and hubs. A response for one visibility is never served to another, even where a replica or a
   * running request has an older configuration.
   */
  readonly visibility: string;
  /** The same under `SECRET_KEY_PREVIOUS`; absent when that is not set. */
  readonly previousVisibility?: string;
  /** The limit of all its callers together; absent: no limit. */
  readonly requestsPerMinute?: number;
}

/** The caller's address and the id of its request. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
}

/** Checks at Hubster whether a passthrough token is valid. */
export abstract class PortalTokenVerifier {
  /** @throws {Problem} when Hubster gives no clear response */
  abstract isAccepted(token: Secret, origin: RequestOrigin): Promise<boolean>;
}
