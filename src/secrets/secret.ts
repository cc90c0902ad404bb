import { inspect } from 'node:util';

/** Replaces every secret: fixed, so that it reveals neither length nor last digits (S-756). */
export const MASK = '********';

/**
 * A value that prints as its mask: in strings, in JSON, in `util.inspect`, and so in logs.
 * `reveal` is the only way to the value; its caller is responsible for the use of the value (N1).
 */
export class Secret<T = string> {
  readonly #value: T;

  private constructor(value: T) {
    this.#value = value;
  }

  static of<T>(value: T): Secret<T> {
    return new Secret(value);
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
