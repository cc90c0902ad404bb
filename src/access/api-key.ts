import { hash, randomBytes } from 'node:crypto';
import { Secret } from '../secrets/secret';

/** A new key. Only `hash` is kept. */
export interface ApiKey {
  readonly key: Secret;
  /** SHA-256 of the whole key in hexadecimal. */
  readonly hash: string;
}

/** A key of 256 random bits. */
export function makeApiKey(): ApiKey {
  return apiKeyOf(randomBytes(32));
}

/** The key with these bits behind `sd_`, a prefix by which secret scanners and people recognise a key. */
export function apiKeyOf(bits: Buffer): ApiKey {
  const key = `sd_${bits.toString('base64url')}`;
  return { key: Secret.of(key), hash: keyHash(key) };
}

/**
 * The SHA-256 of a whole API key, 64 lower-case hexadecimal digits; the key is not kept. A slow password hash would add
 * nothing to keys of 256 random bits.
 */
export function keyHash(key: string): string {
  return hash('sha256', key);
}
