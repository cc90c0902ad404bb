import { randomUUID } from 'node:crypto';

/** The length of the longest text that JavaScript writes for a number: `-0.0000010000000000847772`. */
const LONGEST_NUMBER = 25;
const NUMBER_PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Replaces a number while JSON.stringify writes the rest; random, so that no text from outside can equal it. */
const PLACEHOLDER = randomUUID();

/** The value of a JSON text. A number that JavaScript would write in another way is a `JsonNumber`. */
export type JsonValue = string | number | JsonNumber | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** Whether two JSON values are equal, whatever the order of members and the spelling of numbers (10, 1e1). */
export function sameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (isNumber(one) && isNumber(other)) return sameNumber(one, other);
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]))
  );
}

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

/** One text for each numeric value: `12e-1` for 1.2, 1.20 and 0.12e1. Takes linear time. */
export function canonicalDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', shift = '0'] = NUMBER_PARTS.exec(text) ?? [];
  const digits = whole + fraction;
  const start = countLeadingZeros(digits);
  if (start === digits.length) return '0';
  const end = digits.length - countTrailingZeros(digits);
  const exponent = Number(shift) + whole.length - end;
  // An exponent beyond the safe integers cannot be normalised: such numbers are equal only if written alike.
  if (!Number.isSafeInteger(exponent)) return text;
  return `${sign}${digits.slice(start, end)}e${exponent}`;
}

function countLeadingZeros(digits: string): number {
  let count = 0;
  while (digits[count] === '0') count += 1;
  return count;
}

/** A loop, because the pattern `0+$` takes quadratic time for zeros that are not at the end. */
function countTrailingZeros(digits: string): number {
  let count = 0;
  while (digits[digits.length - 1 - count] === '0') count += 1;
  return count;
}

/** The texts of the numbers in the value that is being written, in their order. */
let numbers: string[] | undefined;

/**
 * Writes a JSON value as `JSON.stringify` does (undefined members are omitted), and each `JsonNumber` as it was read. Uses placeholders,
 * because a writer of our own takes ten times as long for deeply nested values.
 */
export function writeJson(value: unknown): string {
  const texts: string[] = [];
  numbers = texts;
  try {
    const json = JSON.stringify(value);
    if (texts.length === 0) return json;
    const [first = '', ...others] = json.split(`"${PLACEHOLDER}"`);
    return others.reduce((text, other, index) => text + texts[index] + other, first);
  } finally {
    numbers = undefined;
  }
}

/** The text that `JSON.stringify` writes for this number; throws outside `writeJson`, which replaces it. */
function placeholderOf(number: string): string {
  if (!numbers) throw new TypeError('JSON.stringify cannot write a JsonNumber');
  numbers.push(number);
  return PLACEHOLDER;
}

/** One text for a value, whatever the order of its members; numbers keep their spelling. For fingerprints, not for display. */
export function canonicalJson(value: JsonValue): string {
  return writeJson(sorted(value));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, item]) => [name, sorted(item)]));
}
