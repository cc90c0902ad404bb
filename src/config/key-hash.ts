import { hash } from 'node:crypto';

/**
 * The SHA-256 of a whole API key, 64 lower-case hexadecimal digits; the key is not kept. A slow password hash would add
 * nothing to keys of 256 random bits.
 */
export function keyHash(key: string): string {
  return hash('sha256', key);
}
