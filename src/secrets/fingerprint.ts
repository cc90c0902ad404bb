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

function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: bits.length / BITS_OF_A_DIGIT }, (_, digit) => {
    const start = digit * BITS_OF_A_DIGIT;
    return DIGITS.charAt(Number.parseInt(bits.slice(start, start + BITS_OF_A_DIGIT), 2));
  }).join('');
}
