import { isJsonObject, type JsonValue } from '../json-value';
import { JsonError } from './json-error';
import { jsonParts } from './json-parts';
import { DEFAULT_LIMITS, readJson } from './read-json';

/** One step takes some tenths of a millisecond, or two milliseconds if no number is exact. */
const STEP_BYTES = 64 * 1024;

/**
 * Like `readJson`, for large texts: yields between steps. The paths of its errors are relative to a part.
 *
 * @throws {JsonError}
 */
export function* readJsonInSteps(bytes: Buffer, stepBytes = STEP_BYTES): Generator<void, JsonValue> {
  let whole: JsonValue = null;
  for (const { text, path } of jsonParts(bytes, stepBytes, DEFAULT_LIMITS.maxDepth)) {
    yield;
    const part = readJson(text);
    if (path) merge(whole, part, path);
    else whole = part;
    yield;
  }
  return whole;
}

/** Adds the values of `part`, which continues `whole` at `path`. */
function merge(whole: unknown, part: unknown, [name, ...path]: readonly string[]): void {
  if (isArray(whole) && isArray(part)) {
    if (name !== undefined) merge(whole.at(-1), part.shift(), path);
    for (const item of part) whole.push(item);
  } else if (isObject(whole) && isObject(part)) {
    for (const [key, value] of Object.entries(part)) {
      if (key === name) merge(whole[key], value, path);
      else if (Object.hasOwn(whole, key)) throw new JsonError('repeated-member');
      else whole[key] = value;
    }
    if (Object.keys(whole).length > DEFAULT_LIMITS.maxMembers) throw new JsonError('too-many-members');
  }
}

function isArray(value: unknown): value is JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Record<string, JsonValue> {
  return isJsonObject(value);
}
