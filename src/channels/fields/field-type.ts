import type { JsonObject, JsonValue } from '../../json/json-value';

/** One thing wrong with a value: Hubster's PRT number, where inside the value, and a sentence that does not quote it. */
export interface Fault {
  readonly code: number;
  readonly at?: readonly (string | number)[];
  readonly detail?: string;
}

/** What kind of value a configuration field holds. */
export interface Kind {
  /** JSON Schema of the value (draft 2020-12). */
  readonly schema: JsonObject;
  /** What is wrong with a value that a caller sent; nothing, when it may be sent on. */
  readonly check: (value: unknown) => readonly Fault[];
  /** The value as callers see it, or nothing when it is not of this kind and has to be masked whole. */
  readonly show: (value: JsonValue) => JsonValue | undefined;
  /** Whether `show` may mask parts of a value: a fingerprint of the whole then shows that it has changed. */
  readonly masksParts?: true;
  /** The documented spelling of a value that callers may spell in several ways. */
  readonly canonical?: (value: JsonValue) => JsonValue;
}

export const NO_FAULTS: readonly Fault[] = [];
export const WRONG_TYPE: readonly Fault[] = [{ code: 302 }];
