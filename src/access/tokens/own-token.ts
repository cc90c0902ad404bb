import type { Scope } from '../../context/scope';
import type { Secret } from '../../secrets/secret';
import type { SecretKeys } from '../../secrets/secret-keys';
import type { Grant } from '../grant';

const SCOPES: ReadonlySet<Scope> = new Set<Scope>(['integrations:read', 'integrations:write']);

/** All callers with a portal token of their own are one caller with one limit: anybody can make up tokens. */
const CALLER = { id: 'passthrough', scopes: SCOPES, requestsPerMinute: 600 };

/**
 * The grant of a caller who brings a portal token; Hubster judges it. Its tenant is a keyed hash of the token, so that
 * cache, breakers and locks are its own (design 3); the colon keeps it apart from every id of the tenants file.
 */
export function ownTokenGrant(portalToken: Secret, keys: SecretKeys): Grant {
  const id = `own:${keys.mac('passthrough', portalToken.reveal()).toString('hex').slice(0, 32)}`;
  return {
    caller: CALLER,
    tenants: new Set(),
    // The id is a digest of all that decides what Hubster shows.
    soleTenant: { id, credentials: { portalToken }, visibility: id },
    expiresAt: Number.POSITIVE_INFINITY,
  };
}
