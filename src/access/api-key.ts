import { randomBytes } from 'node:crypto';
import { Secret } from '../secrets/secret';
import { keyHash } from './directory';

/** A new key. Only `hash` is kept. */
export interface ApiKey {
  readonly key: Secret;
  /** SHA-256 of the whole key in hexadecimal. */
  readonly hash: string;
}

/** `sd_` and 256 random bits. The prefix lets secret scanners and people recognise a key. */
export function makeApiKey(): ApiKey {
  const key = `sd_${randomBytes(32).toString('base64url')}`;
  return { key: Secret.of(key), hash: keyHash(key) };
}
