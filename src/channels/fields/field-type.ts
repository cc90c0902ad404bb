import type { JsonObject, JsonValue } from '../../json/json-value';

/** One thing wrong with a value: Hubster's PRT number, where inside the value, and a sentence that does not quote it. */
export interface ValueViolation {
  readonly code: number;
  readonly at?: readonly (string | number)[];
  readonly detail?: string;
}

/** What type of value a configuration field holds. */
export interface FieldType {
  /** JSON Schema of the value (draft 2020-12). */
  readonly schema: JsonObject;
  /** What is wrong with a value that a caller sent; nothing, when it may be sent on. */
  readonly check: (value: unknown) => readonly ValueViolation[];
  /** The value as callers see it, or nothing when it is not of this type and has to be masked whole. */
  readonly redact: (value: JsonValue) => JsonValue | undefined;
  /** Whether `redact` may mask parts of a value: a fingerprint of the whole then shows that it has changed. */
  readonly masksParts?: true;
  /** The documented spelling of a value that callers may spell in several ways. */
  readonly canonical?: (value: JsonValue) => JsonValue;
}

export const NO_VIOLATIONS: readonly ValueViolation[] = [];
export const WRONG_TYPE: readonly ValueViolation[] = [{ code: 302 }];
