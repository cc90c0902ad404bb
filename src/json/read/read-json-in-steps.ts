import { isJsonObject, type JsonValue } from '../json-value';
import { DEFAULT_LIMITS, readJson } from './read-json';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  endOfString,
  JsonError,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
} from './scan-json';

/** One step takes some tenths of a millisecond, or two milliseconds if no number is exact. */
const STEP_BYTES = 64 * 1024;

const MIB = 1024 * 1024;
/** In bytes. Longer strings are rejected, because strings are never cut; one of this length takes some 25 ms. */
const LONGEST_STRING = 3 * MIB;
/** In bytes. Longer runs of white space or digits are rejected. */
const LONGEST_STRETCH = MIB / 16;
/** By byte: 1 if it begins a string, or begins, ends or separates values of a container. */
const MARKS = new Uint8Array(256);
for (const mark of [QUOTE, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT]) MARKS[mark] = 1;

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

/** A part of a JSON text, completed to valid JSON. */
interface JsonPart {
  readonly text: Buffer;
  /**
   * The path to the container in which the text was cut, through the last element of each array and the named member of each object.
   * Undefined for the first part. The entry for an array has no meaning.
   */
  readonly path: readonly string[] | undefined;
}

/** A container that is open at the current byte. */
interface OpenContainer {
  readonly isArray: boolean;
  /** The last string in it, with quotes: in an object with an open container inside, the name of that member. */
  name: Buffer;
}

/**
 * Cuts a text at commas into parts of at least `minBytes`. The containers that are open at a cut are closed at the end of one part and
 * opened again at the beginning of the next, so that the text is valid JSON exactly when all parts are. Strings and numbers are not cut.
 *
 * @throws {JsonError} for a comma at the beginning or end of a container, for more than `maxDepth` nested containers, and for strings and
 * runs that are too long
 */
function* jsonParts(bytes: Buffer, minBytes: number, maxDepth: number): Generator<JsonPart, void> {
  const open: OpenContainer[] = [];
  let head: Buffer = Buffer.alloc(0);
  let path: readonly string[] | undefined;
  let start = 0;
  for (let index = nextMark(bytes, 0); index < bytes.length; index = nextMark(bytes, index + 1)) {
    const byte = bytes[index];
    if (byte === QUOTE) {
      const end = endOfString(bytes, index);
      if (end - index > LONGEST_STRING) throw new JsonError('malformed');
      const container = open.at(-1);
      if (container) container.name = bytes.subarray(index, end + 1);
      index = end;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (open.length === maxDepth) throw new JsonError('malformed');
      open.push({ isArray: byte === OPEN_ARRAY, name: bytes.subarray(0, 0) });
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      open.pop();
    } else if (byte === COMMA && open.length > 0 && index - start >= Math.max(minBytes, head.length)) {
      requireBothSides(bytes, index);
      yield { text: Buffer.concat([head, bytes.subarray(start, index), endOf(open)]), path };
      head = beginningOf(open);
      path = open.slice(0, -1).map(({ isArray, name }) => (isArray ? '' : JSON.parse(name.toString())));
      start = index + 1;
    }
  }
  yield { text: Buffer.concat([head, bytes.subarray(start)]), path };
}

function nextMark(bytes: Buffer, start: number): number {
  let index = start;
  while (index < bytes.length && MARKS[bytes[index] ?? 0] === 0) index += 1;
  if (index - start > LONGEST_STRETCH) throw new JsonError('malformed');
  return index;
}

/** The parts without the comma would be valid, so a comma next to a bracket has to be rejected here. */
function requireBothSides(bytes: Buffer, comma: number): void {
  let [before, after] = [comma - 1, comma + 1];
  while ((bytes[before] ?? 0) <= SPACE && before > 0) before -= 1;
  while ((bytes[after] ?? 0) <= SPACE && after < bytes.length) after += 1;
  const isFirst = bytes[before] === OPEN_ARRAY || bytes[before] === OPEN_OBJECT;
  const isLast = bytes[after] === CLOSE_ARRAY || bytes[after] === CLOSE_OBJECT;
  if (isFirst || isLast) throw new JsonError('malformed');
}

/** The text that opens the containers, each inside the one before it. */
function beginningOf(open: readonly OpenContainer[]): Buffer {
  return Buffer.concat(
    open.flatMap(({ isArray, name }, index) => {
      if (isArray) return [Buffer.from('[')];
      return index === open.length - 1 ? [Buffer.from('{')] : [Buffer.from('{'), name, Buffer.from(':')];
    }),
  );
}

function endOf(open: readonly OpenContainer[]): Buffer {
  const brackets = open.map(({ isArray }) => (isArray ? ']' : '}'));
  return Buffer.from(brackets.reverse().join(''));
}
