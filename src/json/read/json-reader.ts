import { isExact, JsonNumber, type JsonValue } from '../json-value';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  JsonError,
  type JsonLimits,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
} from './scan-json';

/**
 * Reads a text value by value and without loss: numbers keep their text, and a repeated member is an error with its path. Only for texts
 * that `JSON.parse` accepts and whose depth is limited: the grammar is not checked again.
 */
export class JsonReader {
  #index = 0;
  /** Of the current value. */
  readonly #path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  /** @throws {JsonError} */
  read(): JsonValue {
    switch (this.#next()) {
      case OPEN_OBJECT:
        return this.#object();
      case OPEN_ARRAY:
        return this.#array();
      case QUOTE:
        return this.#string();
      default:
        return this.#word();
    }
  }

  #object(): JsonValue {
    const object: Record<string, JsonValue> = {};
    for (let count = 0; !this.#isAtEnd(CLOSE_OBJECT); count += 1) {
      if (count === this.limits.maxMembers) throw new JsonError('too-many-members', this.#path);
      const name = this.#string();
      this.#path.push(name);
      if (name === '__proto__') throw new JsonError('malformed', this.#path);
      if (Object.hasOwn(object, name)) throw new JsonError('repeated-member', this.#path);
      this.#next();
      this.#index += 1;
      object[name] = this.read();
      this.#path.pop();
    }
    return object;
  }

  #array(): JsonValue {
    const array: JsonValue[] = [];
    while (!this.#isAtEnd(CLOSE_ARRAY)) {
      if (array.length === this.limits.maxElements) throw new JsonError('too-many-members', this.#path);
      this.#path.push(array.length);
      array.push(this.read());
      this.#path.pop();
    }
    return array;
  }

  /** Skips the bracket or comma before an element; true if the container ends there. */
  #isAtEnd(bracket: number): boolean {
    if (this.#next() !== bracket) this.#index += 1;
    if (this.#next() !== bracket) return false;
    this.#index += 1;
    return true;
  }

  #string(): string {
    const start = this.#index;
    for (this.#index += 1; this.#current() !== QUOTE; this.#index += 1) {
      if (this.#current() === BACKSLASH) this.#index += 1;
    }
    this.#index += 1;
    return JSON.parse(this.text.slice(start, this.#index));
  }

  #word(): JsonValue {
    const start = this.#index;
    while (!endsWord(this.#current())) this.#index += 1;
    const word = this.text.slice(start, this.#index);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    // Copied with JSON.parse, because a slice keeps the whole text in memory.
    return isExact(word) ? Number(word) : new JsonNumber(JSON.parse(`"${word}"`));
  }

  /** The code of the next character after white space. */
  #next(): number {
    while (isWhiteSpace(this.#current())) this.#index += 1;
    return this.#current();
  }

  /** NaN at the end of the text. */
  #current(): number {
    return this.text.charCodeAt(this.#index);
  }
}

/** The text is valid JSON, so no other character up to the space appears between values. */
function isWhiteSpace(code: number): boolean {
  return code <= SPACE;
}

/** Whether the character ends a number, `true`, `false` or `null`. */
function endsWord(code: number): boolean {
  return code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT || isWhiteSpace(code) || Number.isNaN(code);
}
