import type { Scope } from '../../context/scope';
import type { Secret } from '../../secrets/secret';
import type { SecretKeys } from '../../secrets/secret-keys';
import type { Principal } from '../principal';

const SCOPES: ReadonlySet<Scope> = new Set<Scope>(['integrations:read', 'integrations:write']);
const CALLER = { id: 'passthrough', scopes: SCOPES };
const REQUESTS_PER_MINUTE = 600;

/**
 * The tenant of a caller whose portal token Hubster has accepted: a keyed hash of the token, so that cache, limits, breakers and locks are its
 * own. The colon keeps it apart from every id of the tenants file.
 */
export function passthroughTenantId(portalToken: Secret, keys: SecretKeys): string {
  return `own:${keys.mac('passthrough', portalToken.reveal()).toString('hex').slice(0, 32)}`;
}

/** Made for each request with the token that it brings, so that no token has to be kept. */
export function passthroughPrincipal(id: string, portalToken: Secret): Principal {
  return {
    caller: CALLER,
    tenants: new Set(),
    // The id is a digest of all that decides what Hubster shows.
    soleTenant: { id, credentials: { portalToken }, visibility: id, requestsPerMinute: REQUESTS_PER_MINUTE },
    expiresAt: Number.POSITIVE_INFINITY,
  };
}
