import type { Secret } from '../../secrets/secret';
import { claimedIssuer } from './claimed-issuer';

/** What keys start with: such a bearer is a wrong key and never somebody's portal token. */
const KEY_PREFIX = 'sd_';
/** RFC 6750, 2.1 (b64token), and as long as Hubster's tokens are taken from its identity service. */
const OPAQUE = /^[\w.~+/-]{1,8192}=*$/;
const LONGEST = 8192;

/**
 * Which bearerTokens may be portal tokens, and so may be sent to Hubster: opaque ones, and JWTs whose `iss` is Hubster's identity
 * service. A JWT of another issuer is somebody's credential for something else, which Hubster must not see.
 */
export function portalTokenFormat(identityUrl: URL): (token: Secret) => boolean {
  const hubster = withoutSlash(identityUrl.href);
  return (token) => {
    const text = token.reveal();
    if (text.length > LONGEST || !OPAQUE.test(text) || text.startsWith(KEY_PREFIX)) return false;
    return !hasJoseHeader(text) || withoutSlash(claimedIssuer(token) ?? '') === hubster;
  };
}

/** A JSON object in front of the first dot (RFC 7515, RFC 7516): signed or encrypted, readable or not. */
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

/** Issuers are spelt with and without it. */
function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
