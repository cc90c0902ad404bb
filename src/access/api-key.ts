import { randomBytes } from 'node:crypto';
import { Secret } from '../secrets/secret';
import { keyHash } from './directory';

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
