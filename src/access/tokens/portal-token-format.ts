import type { Secret } from '../../secrets/secret';
import { claimedIssuer } from './claimed-issuer';

/** The start of API keys: such a bearer is an unknown key, never a portal token. */
const KEY_PREFIX = 'sd_';
/** RFC 6750, 2.1 (b64token), with the same limit of length as for tokens from Hubster Identity. */
const OPAQUE = /^[\w.~+/-]{1,8192}=*$/;
const MAX_LENGTH = 8192;

/**
 * Returns a check whether a bearer token may be a portal token, and so may be sent to Hubster: opaque ones, and JWTs whose `iss` is
 * Hubster Identity. A JWT of another issuer is a credential for another service, which Hubster must not see.
 */
export function portalTokenFormat(identityUrl: URL): (token: Secret) => boolean {
  const hubster = withoutSlash(identityUrl.href);
  return (token) => {
    const text = token.reveal();
    if (text.length > MAX_LENGTH || !OPAQUE.test(text) || text.startsWith(KEY_PREFIX)) return false;
    return !hasJoseHeader(text) || withoutSlash(claimedIssuer(token) ?? '') === hubster;
  };
}

/** Whether the text before the first dot is a JSON object (RFC 7515, RFC 7516), as in signed and encrypted JWTs. */
function hasJoseHeader(text: string): boolean {
  const dot = text.indexOf('.');
  if (dot === -1) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(0, dot), 'base64url').toString());
    return typeof header === 'object' && header !== null;
  } catch {
    return false;
  }
}

/** Issuers occur with and without a slash at the end. */
function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
