import type { Scope } from '../../context/caller';
import type { Secret } from '../../secrets/secret';
import type { SecretKeys } from '../../secrets/secret-keys';
import type { Principal } from '../principal';

const SCOPES: ReadonlySet<Scope> = new Set<Scope>(['integrations:read', 'integrations:write']);
const CALLER = { id: 'passthrough', scopes: SCOPES };
const REQUESTS_PER_MINUTE = 600;

/**
 * The tenant id of a caller whose portal token Hubster has accepted: a keyed hash of the token, so that it has a cache, limits, breakers and
 * locks of its own. The colon distinguishes it from all ids of the tenants file.
 */
export function passthroughTenantId(portalToken: Secret, keys: SecretKeys): string {
  return `own:${keys.mac('passthrough', portalToken.reveal()).toString('hex').slice(0, 32)}`;
}

/** Made for each request from the token in it, so that no token has to be kept. */
export function passthroughPrincipal(id: string, portalToken: Secret): Principal {
  return {
    caller: CALLER,
    tenants: new Set(),
    // The id is a digest of the token, which alone decides what Hubster shows.
    soleTenant: { id, credentials: { portalToken }, visibility: id, requestsPerMinute: REQUESTS_PER_MINUTE },
    expiresAt: Number.POSITIVE_INFINITY,
  };
}
