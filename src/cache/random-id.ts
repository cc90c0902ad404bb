import { randomBytes } from 'node:crypto';

/** Characters of an id. */
export const ID_LENGTH = 22;

/** 128 random bits in base64url: never met twice, so ids need no order, only equality. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length === ID_LENGTH;
}
