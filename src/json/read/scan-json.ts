import { isExact } from '../json-value';

/** Whole numbers of up to this many digits are exact. */
const EXACT_DIGITS = 15;

/** In digits. Longer numbers are rejected, because computing with a number takes time in proportion to its length. */
const LONGEST_NUMBER = 10_000;

/** Codes of the characters with a meaning in JSON (RFC 8259, section 2). */
export const SPACE = 0x20;
export const QUOTE = 0x22;
const PLUS = 0x2b;
export const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_ARRAY = 0x5d;
const LOWER_E = 0x65;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/** The result of one pass over the bytes of a text. */
interface Scan {
  /** The number of members of all objects, repeated ones included. */
  readonly members: number;
  /** Whether JavaScript would write every number exactly as in the text. */
  readonly hasExactNumbers: boolean;
}

/**
 * Scans a text before it is parsed; the result is meaningful only for valid JSON. Undefined for a number that is too long, and for more than
 * `maxDepth` nested containers: parsing millions of them would exhaust memory, and recursion the stack.
 */
export function scanJson(bytes: Buffer, maxDepth: number): Scan | undefined {
  let depth = 0;
  let members = 0;
  let hasExactNumbers = true;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) {
      index = endOfString(bytes, index);
    } else if (byte === COLON) {
      members += 1;
    } else if (isDigit(byte) || byte === MINUS) {
      const end = endOfNumber(bytes, index);
      if (end - index > LONGEST_NUMBER) return undefined;
      hasExactNumbers &&= isExactNumber(bytes, index, end);
      index = end - 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      if (depth > maxDepth) return undefined;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
    }
  }
  return { members, hasExactNumbers };
}

/** The index of the closing quote. */
export function endOfString(bytes: Buffer, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== QUOTE) index += bytes[index] === BACKSLASH ? 2 : 1;
  return index;
}

/** The index after the last character. */
function endOfNumber(bytes: Buffer, start: number): number {
  let index = start + 1;
  while (index < bytes.length && isInNumber(bytes[index] ?? 0)) index += 1;
  return index;
}

function isExactNumber(bytes: Buffer, start: number, end: number): boolean {
  const isShort = end - start <= EXACT_DIGITS;
  if (isShort && bytes[start] !== MINUS && isWhole(bytes, start, end)) return true;
  return isExact(bytes.toString('latin1', start, end));
}

function isWhole(bytes: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (!isDigit(bytes[index] ?? 0)) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isInNumber(byte: number): boolean {
  return isDigit(byte) || byte === DOT || byte === LOWER_E || byte === UPPER_E || byte === PLUS || byte === MINUS;
}

/** A text that is not valid or exceeds a limit. `path`: names and indexes, where the error has one; contains no value. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(
    readonly kind: 'malformed' | 'repeated-member' | 'too-many-members',
    readonly path: readonly (string | number)[] = [],
  ) {
    super(`JSON: ${kind}`);
  }
}

/** Limits of a text, so that no rule has to be fast with large values. */
export interface JsonLimits {
  /** Nested containers. */
  readonly maxDepth: number;
  /** Members of one object. */
  readonly maxMembers: number;
  /** Elements of one array. */
  readonly maxElements: number;
}
