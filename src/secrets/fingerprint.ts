import type { SecretKeys } from './secret-keys';

const BITS_OF_A_DIGIT = 5;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

/** Where a secret lives; the same value elsewhere has another fingerprint. */
export interface SecretPlace {
  readonly tenant: string;
  readonly channel: string;
  readonly field: string;
}

/**
 * `fp1:` and 80 bits of HMAC-SHA256 in base32 (16 digits): shows that a secret was rotated without showing the
 * secret (design 2.1). 80 bits and a key of our own leave nothing to guess offline.
 */
export function fingerprint(keys: SecretKeys, place: SecretPlace, value: string): string {
  return `fp1:${base32(keys.mac('fingerprint', place.tenant, place.channel, place.field, value).subarray(0, 10))}`;
}

/** RFC 4648, 6, in lower case; for whole groups of five bytes, which need no padding. */
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
