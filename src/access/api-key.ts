import { randomBytes } from 'node:crypto';
import { keyHash } from '../config/key-hash';
import { Secret } from '../secrets/secret';

/** A key as it is at its making: the only moment it is known. What is kept of it is `hash`. */
export interface ApiKey {
  readonly key: Secret;
  /** SHA-256 of the whole key in hexadecimal. */
  readonly hash: string;
}

/** `sd_` and 256 random bits. The prefix lets secret scanners, and people, tell what was found. */
export function makeApiKey(): ApiKey {
  const key = `sd_${randomBytes(32).toString('base64url')}`;
  return { key: Secret.of(key), hash: keyHash(key) };
}
