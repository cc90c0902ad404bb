import { isJsonObject, type JsonObject, own } from '../json';

/** An invalid control body; the message is sent in the response. */
export class BadFields extends Error {}

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

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  any(name: string): unknown {
    this.#read.add(name);
    return own(this.#object, name);
  }

  text(name: string): string {
    const value = this.any(name);
    if (typeof value !== 'string' || value === '') this.reject(name, 'must be a non-empty string');
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.any(name);
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      this.reject(name, 'must be an array of strings');
    }
    return value;
  }

  number(name: string, { from, to, whole }: { from: number; to: number; whole: boolean }): number {
    const value = this.any(name);
    const fits = typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
    if (!fits) this.reject(name, `must be ${whole ? 'an integer' : 'a number'} from ${from} to ${to}`);
    return value;
  }

  /** False if it is missing. */
  flag(name: string): boolean {
    const value = this.any(name) ?? false;
    if (typeof value !== 'boolean') this.reject(name, 'must be true or false');
    return value;
  }

  object(name: string): JsonObject {
    const value = this.any(name);
    if (!isJsonObject(value)) this.reject(name, 'must be an object');
    return value;
  }

  /** The result of `read`, or undefined for a missing field. */
  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return this.has(name) ? read(name) : undefined;
  }

  /** Has to be called after all known fields have been read. */
  end(): void {
    const unknown = Object.keys(this.#object).find((name) => !this.#read.has(name));
    if (unknown !== undefined) this.reject(unknown, 'is not known');
  }

  reject(name: string, why: string): never {
    throw new BadFields(`${this.#path}.${name} ${why}`);
  }
}
