const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A JSON object with unchecked values. */
export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property of the object; ignores the prototype, so that a key such as `constructor` is not found there. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Undefined for a text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The lower-cased id, or undefined for a value that is not an 8-4-4-4-12 hexadecimal GUID; the nil GUID is accepted (S-009). */
export function readGuid(value: unknown): string | undefined {
  return typeof value === 'string' && GUID.test(value) ? value.toLowerCase() : undefined;
}

/** The URL, or undefined for an invalid one. Not by `URL.canParse`, which rejects Latin-1 letters once Node 20 has optimised it. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** An invalid control body; the message is sent in the response. */
export class BadFields extends Error {}

/** Returns the value with its type, or calls `reject` with what it must be. */
export type ReadField<Value> = (value: unknown, reject: (why: string) => never) => Value;

/** Reads the fields of a JSON object. Throws `BadFields` for a wrong type and, in `end()`, for an unknown field. */
export class Fields {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, path: string) {
    if (!isJsonObject(value)) throw new BadFields(`${path} must be an object`);
    this.#object = value;
    this.#path = path;
  }

  any(name: string): unknown {
    this.#read.add(name);
    return own(this.#object, name);
  }

  required<Value>(name: string, read: ReadField<Value>): Value {
    return read(this.any(name), (why) => this.#reject(name, why));
  }

  /** Undefined for a missing field. */
  optional<Value>(name: string, read: ReadField<Value>): Value | undefined {
    return this.any(name) === undefined ? undefined : this.required(name, read);
  }

  /** False if it is missing. */
  flag(name: string): boolean {
    const value = this.any(name) ?? false;
    return typeof value === 'boolean' ? value : this.#reject(name, 'must be true or false');
  }

  /** Has to be called after all known fields have been read. */
  end(): void {
    const unknown = Object.keys(this.#object).find((name) => !this.#read.has(name));
    if (unknown !== undefined) this.#reject(unknown, 'is not known');
  }

  #reject(name: string, why: string): never {
    throw new BadFields(`${this.#path}.${name} ${why}`);
  }
}

export const readText: ReadField<string> = (value, reject) =>
  typeof value === 'string' && value !== '' ? value : reject('must be a non-empty string');

export const readTexts: ReadField<readonly string[]> = (value, reject) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value
    : reject('must be an array of strings');

export const readObject: ReadField<JsonObject> = (value, reject) =>
  isJsonObject(value) ? value : reject('must be an object');

export function readNumber(from: number, to: number): ReadField<number> {
  return (value, reject) =>
    typeof value === 'number' && value >= from && value <= to
      ? value
      : reject(`must be a number from ${from} to ${to}`);
}

export function readInteger(from: number, to: number): ReadField<number> {
  return (value, reject) =>
    typeof value === 'number' && value >= from && value <= to && Number.isInteger(value)
      ? value
      : reject(`must be an integer from ${from} to ${to}`);
}
