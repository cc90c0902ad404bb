import { type JsonObject, own } from '../json';
import { type PortalError, portalError } from '../portal/portal-error';
import { type Check, required } from './property';

interface Property {
  readonly mandatory: boolean;
  readonly check: Check;
}

/** The documented properties of an object, by documented spelling. */
export type Properties = Readonly<Record<string, Property>>;

/** Values by documented spelling, and all errors. */
interface Reading {
  readonly values: JsonObject;
  readonly errors: readonly PortalError[];
}

interface ReadingOptions {
  /** The document declares `echo` but its samples have `Echo`, so configurations are read in any case (S-109). */
  readonly anyCase: boolean;
  /** Undeclared keys that are accepted unchanged. */
  readonly allowed?: readonly string[];
}

/** Checks all of `given` against the declaration. */
export function readProperties(
  declared: Properties,
  given: JsonObject,
  { anyCase, allowed = [] }: ReadingOptions,
): Reading {
  const fold = (name: string): string => (anyCase ? name.toLowerCase() : name);
  const spellings = new Map(Object.keys(declared).map((name) => [fold(name), name]));
  const values = new Map<string, unknown>();
  const errors: PortalError[] = [];

  for (const key of Object.keys(given)) {
    const name = spellings.get(fold(key)) ?? (allowed.some((known) => fold(known) === fold(key)) ? key : undefined);
    if (name === undefined || values.has(name)) {
      errors.push(portalError(303, `Property '${key.slice(0, 100)}' is not supported.`));
    } else {
      values.set(name, own(given, key));
    }
  }
  for (const [name, { mandatory, check }] of Object.entries(declared)) {
    if (values.has(name)) errors.push(...check(name, values.get(name)));
    else if (mandatory) errors.push(required(name));
  }
  return { values: Object.fromEntries(values), errors };
}
