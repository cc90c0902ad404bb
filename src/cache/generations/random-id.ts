import { randomBytes } from 'node:crypto';

/** 128 random bits in base64url: never met twice, so ids need no order, only equality. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}
