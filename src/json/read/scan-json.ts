import { isExact } from '../json-number';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  DOT,
  LOWER_E,
  MINUS,
  NINE,
  OPEN_ARRAY,
  OPEN_OBJECT,
  PLUS,
  QUOTE,
  UPPER_E,
  ZERO,
} from './json-characters';

/** Whole numbers of up to this many digits are exact. */
const EXACT_DIGITS = 15;

/** In digits. Longer numbers are rejected, because computing with a number takes time in proportion to its length. */
const LONGEST_NUMBER = 10_000;

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
