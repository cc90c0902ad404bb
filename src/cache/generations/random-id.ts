import { randomBytes } from 'node:crypto';

/** 128 random bits in base64url. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}
