import { isJsonObject, type JsonValue } from '../json-value';
import { JsonError } from './json-error';
import type { JsonLimits } from './json-limits';
import { JsonReader } from './json-reader';
import { scanJson } from './scan-json';

/** For texts with a limit of their own, such as what Hubster sends. */
export const DEFAULT_LIMITS: JsonLimits = { maxDepth: 64, maxMembers: 1000, maxElements: Number.POSITIVE_INFINITY };

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON text in UTF-8, strictly and without loss: a number that JavaScript would write another way is a `JsonNumber`; a member that stands
 * twice is refused, as is one named `__proto__`, which would become a prototype where somebody copies it by assignment.
 *
 * Almost every text is one that `JSON.parse` reads as well as we could, and five times as fast. One pass over the bytes and one over the
 * value tell whether this one is; only where it is not, it is read again by `JsonReader`.
 *
 * @throws {JsonError}
 */
export function readJson(bytes: Buffer, limits = DEFAULT_LIMITS): JsonValue {
  const scan = scanJson(bytes, limits.maxDepth);
  if (!scan) throw new JsonError('malformed');
  const text = decode(bytes);
  const value = parse(text);
  const isComplete = scan.hasExactNumbers && countMembers(value, limits) === scan.members;
  return isComplete ? value : new JsonReader(text, limits).read();
}

/** The value, or undefined for a text that is not read. */
export function tryReadJson(bytes: Buffer): JsonValue | undefined {
  try {
    return readJson(bytes);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function decode(bytes: Buffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new JsonError('malformed');
  }
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the text.
    throw new JsonError('malformed');
  }
}

/** The members of all objects in a value; NaN, which equals no number, where `JsonReader` has to name what is wrong. */
function countMembers(value: JsonValue | undefined, limits: JsonLimits): number {
  let count = 0;
  if (Array.isArray(value)) {
    if (value.length > limits.maxElements) return Number.NaN;
    for (const item of value) count += countMembers(item, limits);
    return count;
  }
  if (!isJsonObject(value)) return 0;
  let own = 0;
  // A third of the time that Object.keys takes.
  for (const name in value) {
    if (name === '__proto__') return Number.NaN;
    own += 1;
    count += countMembers(value[name], limits);
  }
  return own > limits.maxMembers ? Number.NaN : own + count;
}
