import { parseInstant } from '../../clock/instant';
import type { Unique } from '../yaml/unique';
import type { YamlLocation } from '../yaml/yaml-location';
import { type Known, parseScopes, parseTenantIds } from './parse-access';
import { parseLimits } from './parse-limits';
import type { CallerConfig, KeyConfig } from './tenants-config';

/** The ids and key hashes of the callers before. */
interface UniqueNames {
  readonly callerIds: Unique;
  readonly keyHashes: Unique;
}

/** Without `#`, which is part of the id of every caller with a token (`issuer#sub`). */
const CALLER_ID = /^[A-Za-z0-9._-]{1,63}$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

export function parseCaller<S extends string>(
  location: YamlLocation,
  unique: UniqueNames,
  known: Known<S>,
): CallerConfig<S> {
  const field = location.fields(['id', 'keyHash', 'keys', 'tenants', 'scopes', 'limits']);
  const id = field('id').text('an id of 1 to 63 letters, digits, dots, dashes and underscores', CALLER_ID);
  const limits = field('limits');
  const [one, several] = [field('keyHash'), field('keys')];
  if (one.isPresent === several.isPresent) one.violation('either keyHash or keys');
  return {
    id: unique.callerIds.add(id, field('id')),
    keys: [
      ...(one.isPresent ? [{ hash: parseHash(one, unique.keyHashes) }] : []),
      ...parseKeys(several, unique.keyHashes),
    ],
    tenants: parseTenantIds(field('tenants'), known),
    scopes: parseScopes(field('scopes'), known),
    ...(limits.isPresent && { limits: parseLimits(limits) }),
  };
}

function parseKeys(location: YamlLocation, hashes: Unique): readonly KeyConfig[] {
  return location.items('a list of one or more keys', location.isPresent ? 1 : 0).map((item) => {
    const field = item.fields(['hash', 'expires']);
    const hash = parseHash(field('hash'), hashes);
    const expires = field('expires');
    return expires.isPresent ? { hash, expiresAt: parseExpiry(expires) } : { hash };
  });
}

function parseHash(location: YamlLocation, hashes: Unique): string {
  const hexOf = (text: string) => /^sha256:([0-9a-f]{64})$/i.exec(text)?.[1]?.toLowerCase();
  return hashes.add(
    location.parsed('sha256: and 64 hexadecimal digits, as `npm run key` prints them', hexOf, ''),
    location,
  );
}

/** Midnight UTC at the start of a date, or the instant. A time without a zone would depend on the machine. */
function parseExpiry(location: YamlLocation): number {
  return location.parsed(
    'a date such as 2027-01-01 (UTC), or an RFC 3339 instant',
    (text) => parseInstant(DATE.test(text) ? `${text}T00:00:00Z` : text),
    0,
  );
}
