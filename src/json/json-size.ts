import { JsonNumber } from './json-number';
import { isJsonObject, type JsonValue } from './json-value';

/** Whether a value has more than `max` characters as JSON; not counted are escapes, and what ordinary numbers have beyond one digit. */
export function exceedsSize(value: JsonValue, max: number): boolean {
  return sizeOf(value, max) > max;
}

/** Of a value over `max`, what was counted until then. */
function sizeOf(value: JsonValue | undefined, max: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (value instanceof JsonNumber) return value.text.length;
  let size = 1;
  if (Array.isArray(value)) {
    for (const item of value) {
      size += 1 + sizeOf(item, max - size);
      if (size > max) return size;
    }
  } else if (isJsonObject(value)) {
    for (const name in value) {
      size += name.length + 4 + sizeOf(value[name], max - size);
      if (size > max) return size;
    }
  }
  return size;
}

/** How many values such a number counts for, as reading and writing it takes so much longer. */
const INEXACT_NUMBER = 10;

/**
 * Whether a value holds more than `max` values, itself included. Every pass over a value takes as long as it holds many: two bytes of
 * JSON are enough for one. A number that JavaScript would write another way counts for ten.
 */
export function exceedsCount(value: JsonValue, max: number): boolean {
  return countOf(value, max) > max;
}

/** Of a value over `max`, what was counted until then. */
function countOf(value: JsonValue | undefined, max: number): number {
  if (value instanceof JsonNumber) return INEXACT_NUMBER;
  let count = 1;
  if (Array.isArray(value)) {
    for (const item of value) {
      count += countOf(item, max - count);
      if (count > max) return count;
    }
  } else if (isJsonObject(value)) {
    for (const name in value) {
      count += countOf(value[name], max - count);
      if (count > max) return count;
    }
  }
  return count;
}
