import type { ClientCredentials } from '../../context/tenant';
import { isNumber, textOfNumber } from '../../json/json-number';
import { isJsonObject } from '../../json/json-value';
import { Secret } from '../../secrets/secret';
import type { HttpRequest } from '../transport/attempt';

const MAX_BYTES = 64 * 1024;
/** For servers that omit `expires_in`, which RFC 6749 allows. */
const DEFAULT_LIFE_SECONDS = 300;
/** Accepts more than the token68 of RFC 6750, but no character that a header cannot contain. */
const BEARER = /^[\x21-\x7e]{1,8192}$/;

export interface IssuedToken {
  readonly token: Secret;
  readonly lifeMs: number;
}

/** Client credentials in the form of RFC 6749, 4.4 (docs/hubster.md). */
export function tokenRequest(identityUrl: URL, { clientId, clientSecret }: ClientCredentials): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
  });
  return {
    method: 'POST',
    url: new URL('connect/token', identityUrl).href,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    data: form.toString(),
    maxContentLength: MAX_BYTES,
  };
}

/** Reads a token response; undefined if it has no usable token. `expires_in` is in seconds (S-005). */
export function readToken(json: unknown): IssuedToken | undefined {
  if (!isJsonObject(json)) return undefined;
  const { access_token: token, token_type: type = 'Bearer', expires_in: seconds = DEFAULT_LIFE_SECONDS } = json;
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  // Some servers send their largest number for "for ever": rounding it does no harm.
  const life = Number(isNumber(seconds) ? textOfNumber(seconds) : seconds);
  if (!isBearer || typeof token !== 'string' || !BEARER.test(token) || !(life > 0 && Number.isFinite(life)))
    return undefined;
  return { token: Secret.of(token), lifeMs: life * 1000 };
}

export function isBearerToken(token: Secret): boolean {
  return BEARER.test(token.reveal());
}
