import { randomBytes } from 'node:crypto';

const GENERATION_ID = /^\d{16}[\w-]{6}$/;
const DIGITS = 16;

/** The random end of an id, for two that are made with the same number. */
export function idSuffix(): string {
  return randomBytes(5).toString('base64url').slice(0, 6);
}

/**
 * The id of a generation: a number in decimal digits of fixed width, then a suffix. Ids of one scope grow, so texts are compared to tell the
 * older one.
 */
export function isGenerationId(value: unknown): value is string {
  return typeof value === 'string' && GENERATION_ID.test(value);
}

/** The number of an id; 0 where there is none. */
export function numberOf(id: string | undefined): string {
  return id === undefined ? '0' : id.slice(0, DIGITS);
}
