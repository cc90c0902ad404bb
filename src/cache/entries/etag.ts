import type { SecretKeys } from '../../secrets/secret-keys';

const ETAG_BYTES = 16;

/**
 * A strong entity tag of 128 bits, quotes included. It is keyed by tenant, so that one tenant cannot learn
 * from an equal tag what another tenant has (S-770).
 */
export function etagOf(keys: SecretKeys, tenant: string, body: Buffer): string {
  return `"${keys.mac('etag', tenant, body).subarray(0, ETAG_BYTES).toString('base64url')}"`;
}
