import { canonicalDecimal } from './canonical-decimal';
import { placeholderOf } from './write-json';

/** The longest text that a JavaScript number is written as: `-0.0000010000000000847772`. */
const LONGEST_NUMBER = 25;

/** A number that JavaScript would write another way than it was read: 10154275849012345678, 1e400, 1.10, -0, 1E5. */
export class JsonNumber {
  constructor(readonly text: string) {}

  /** JSON.stringify cannot write it; `writeJson` can. As with a BigInt, an error is better than another number. */
  toJSON(): string {
    return placeholderOf(this.text);
  }
}

/** Whether JavaScript writes the number exactly as `text`, so that it can be an ordinary one. */
export function isExact(text: string): boolean {
  return text.length <= LONGEST_NUMBER && String(Number(text)) === text;
}

export function isNumber(value: unknown): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

export function textOfNumber(value: number | JsonNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}

/** Whether two numbers have the same value, however they are written; never by way of a rounded one. */
export function sameNumber(one: number | JsonNumber, other: number | JsonNumber): boolean {
  return canonicalDecimal(textOfNumber(one)) === canonicalDecimal(textOfNumber(other));
}

/** The JavaScript number with exactly this value (10 for `1e1`); undefined where there is none, and for other values. */
export function exactNumber(value: unknown): number | undefined {
  if (!(value instanceof JsonNumber)) return typeof value === 'number' ? value : undefined;
  // Zero has two signs in JavaScript, and only one of them is written.
  const number = Number(value.text) + 0;
  return Number.isFinite(number) && sameNumber(number, value) ? number : undefined;
}
