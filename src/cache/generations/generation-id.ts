import { randomBytes } from 'node:crypto';

const GENERATION_ID = /^\d{16}[\w-]{6}$/;
const DIGITS = 16;

/** The random end of an id, which distinguishes ids with the same number. */
export function idSuffix(): string {
  return randomBytes(5).toString('base64url').slice(0, 6);
}

/**
 * Whether the value is a generation id: a number in decimal digits of fixed width, then a suffix. The ids of a scope increase, and
 * comparing two of them as texts shows which one is older.
 */
export function isGenerationId(value: unknown): value is string {
  return typeof value === 'string' && GENERATION_ID.test(value);
}

/** The number of an id; 0 without an id. */
export function numberOf(id: string | undefined): string {
  return id === undefined ? '0' : id.slice(0, DIGITS);
}
