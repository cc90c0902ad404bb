import { canonicalDecimal } from './canonical-decimal';
import { placeholderOf } from './write-json';

/** The length of the longest text that JavaScript writes for a number: `-0.0000010000000000847772`. */
const LONGEST_NUMBER = 25;

/** A number that JavaScript would write in another way than it was read: 10154275849012345678, 1e400, 1.10, -0, 1E5. */
export class JsonNumber {
  constructor(readonly text: string) {}

  /** Throws under `JSON.stringify`, which cannot write the number (as with a BigInt); `writeJson` can. */
  toJSON(): string {
    return placeholderOf(this.text);
  }
}

/** Whether JavaScript writes the number exactly as `text`, so that it can be a `number`. */
export function isExact(text: string): boolean {
  return text.length <= LONGEST_NUMBER && String(Number(text)) === text;
}

export function isNumber(value: unknown): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

export function textOfNumber(value: number | JsonNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}

/** Whether two numbers have the same value, however they are written; compared without rounding. */
export function sameNumber(one: number | JsonNumber, other: number | JsonNumber): boolean {
  return canonicalDecimal(textOfNumber(one)) === canonicalDecimal(textOfNumber(other));
}

/** The `number` with exactly this value (10 for `1e1`); undefined if there is none, and for values that are not numbers. */
export function exactNumber(value: unknown): number | undefined {
  if (!(value instanceof JsonNumber)) return typeof value === 'number' ? value : undefined;
  // Converts -0 to 0.
  const number = Number(value.text) + 0;
  return Number.isFinite(number) && sameNumber(number, value) ? number : undefined;
}
