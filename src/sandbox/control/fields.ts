import { isJsonObject, type JsonObject, own } from '../json';

/** A control body that cannot be used; the message is for the caller who scripts the sandbox. */
export class BadFields extends Error {}

/** Reads the fields of one JSON object strictly: a wrong type, and with `end()` an unknown field, throws `BadFields`. */
export class Fields {
  readonly #object: JsonObject;
  readonly #place: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, place: string) {
    if (!isJsonObject(value)) throw new BadFields(`${place} must be an object`);
    this.#object = value;
    this.#place = place;
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
    if (typeof value !== 'string' || value === '') this.refuse(name, 'must be a string that is not empty');
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.any(name);
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      this.refuse(name, 'must be an array of strings');
    }
    return value;
  }

  number(name: string, { from, to, whole }: { from: number; to: number; whole: boolean }): number {
    const value = this.any(name);
    const fits = typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
    if (!fits) this.refuse(name, `must be ${whole ? 'an integer' : 'a number'} from ${from} to ${to}`);
    return value;
  }

  /** A missing flag is false. */
  flag(name: string): boolean {
    const value = this.any(name) ?? false;
    if (typeof value !== 'boolean') this.refuse(name, 'must be true or false');
    return value;
  }

  object(name: string): JsonObject {
    const value = this.any(name);
    if (!isJsonObject(value)) this.refuse(name, 'must be an object');
    return value;
  }

  /** `read` applied to a field that is there, undefined for one that is not. */
  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return this.has(name) ? read(name) : undefined;
  }

  /** To be called when all known fields were read. */
  end(): void {
    const unknown = Object.keys(this.#object).find((name) => !this.#read.has(name));
    if (unknown !== undefined) this.refuse(unknown, 'is not known');
  }

  refuse(name: string, why: string): never {
    throw new BadFields(`${this.#place}.${name} ${why}`);
  }
}
