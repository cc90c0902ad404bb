import type { SecretKeys } from './secret-keys';

const KEY_ID_DIGITS = 4;
const BITS_OF_A_DIGIT = 5;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

/** The location of a secret; the same value in another location has another fingerprint. */
export interface SecretLocation {
  readonly tenant: string;
  /** The id of the integration; before it is created, the id of the intent. */
  readonly integration: string;
  readonly channel: string;
  readonly field: string;
}

/**
 * `fp2:`, four digits that identify the `SECRET_KEY`, a dot, and 80 bits of HMAC-SHA256 in base32 (16 digits). Shows a rotation of a secret
 * but neither the secret nor whether another integration has the same one (docs/decisions/0004). The key prevents offline guessing. Only
 * fingerprints of one `SECRET_KEY` can be compared.
 */
export function fingerprint(keys: SecretKeys, location: SecretLocation, value: string): string {
  const { tenant, integration, channel, field } = location;
  const mac = keys.mac('fingerprint', 'fp2', tenant, integration, channel, field, value);
  return `fp2:${keys.keyId('fingerprint').slice(0, KEY_ID_DIGITS)}.${base32(mac.subarray(0, 10))}`;
}

/** RFC 4648, section 6, in lower case; for multiples of five bytes, which need no padding. */
function base32(bytes: Buffer): string {
  let digits = '';
  let rest = 0;
  let bits = 0;
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    for (bits += 8; bits >= BITS_OF_A_DIGIT; bits -= BITS_OF_A_DIGIT) {
      digits += DIGITS.charAt((rest >>> (bits - BITS_OF_A_DIGIT)) & 31);
    }
    rest &= (1 << bits) - 1;
  }
  return digits;
}
