import { hash } from 'node:crypto';

/**
 * The SHA-256 of a whole API key, 64 lower-case hexadecimal digits: all that is ever kept of it. Keys are 256 random
 * bits, so there is nothing a slow password hash would add.
 */
export function keyHash(key: string): string {
  return hash('sha256', key);
}
