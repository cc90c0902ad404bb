import { isJsonObject, JsonNumber, type JsonValue } from './json-value';

/** A `JsonNumber` counts as this many values, because reading and writing it takes ten times as long. */
const INEXACT_NUMBER = 10;

/** Whether a value has more than `max` characters as JSON. Escapes are not counted; a `number`, a boolean and null count as one character. */
export function exceedsSize(value: JsonValue, max: number): boolean {
  return sizeOf(value, max) > max;
}

/** Stops counting above `max`, and returns the count so far. */
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

/**
 * Whether a value contains more than `max` values, itself included. The size in bytes is no limit for the time of a pass, because two bytes
 * of JSON are enough for one value. A `JsonNumber` counts for ten.
 */
export function exceedsCount(value: JsonValue, max: number): boolean {
  return countOf(value, max) > max;
}

/** Stops counting above `max`, and returns the count so far. */
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

/** Whether a text has more than `max` characters, counted as code points like in JSON Schema, so that an emoji is one and not two. */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  return [...text].length > max;
}

/** The first characters of a text, cut between code points, because half of a surrogate pair is invalid. */
export function firstCharacters(text: string, count: number): string {
  return [...text.slice(0, 2 * count)].slice(0, count).join('');
}
