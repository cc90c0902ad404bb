import type { JsonObject, JsonValue } from '../../json/json-value';

/** One rule that a value breaks. */
export interface ValueViolation {
  /** Hubster's PRT number. */
  readonly code: number;
  /** Keys and indexes inside the value. */
  readonly at?: readonly (string | number)[];
  /** A sentence that does not quote the value. */
  readonly detail?: string;
}

/** The type of a configuration field's value. */
export interface FieldType {
  /** JSON Schema of the value (draft 2020-12). */
  readonly schema: JsonObject;
  /** Every rule that a caller's value breaks. */
  readonly check: (value: unknown) => readonly ValueViolation[];
  /** The value as callers see it; undefined when it is not of this type, so that all of it has to be masked. */
  readonly redact: (value: JsonValue) => JsonValue | undefined;
  /** Whether `redact` may mask a part of a value: the view then has a fingerprint of all of it. */
  readonly masksParts?: true;
  /** The documented spelling, where callers may use others. */
  readonly canonical?: (value: JsonValue) => JsonValue;
}

export const NO_VIOLATIONS: readonly ValueViolation[] = [];
export const WRONG_TYPE: readonly ValueViolation[] = [{ code: 302 }];
