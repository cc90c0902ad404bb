import { type JsonObject, own } from '../json';
import { type PortalError, portalError } from '../portal/portal-error';
import { type Check, required } from './property';

interface Property {
  readonly mandatory: boolean;
  readonly check: Check;
}

/** The documented properties of an object, by their documented spelling. */
export type Properties = Readonly<Record<string, Property>>;

/** Values under their documented spelling, and every problem found on the way. */
interface Reading {
  readonly values: JsonObject;
  readonly problems: readonly PortalError[];
}

interface ReadingOptions {
  /** The document itself writes `Echo` where it declares `echo`: configurations are read in any case (S-109). */
  readonly anyCase: boolean;
  /** Undeclared keys that pass as they are. */
  readonly passing?: readonly string[];
}

/** Checks all of `given` against the declaration. */
export function readProperties(
  declared: Properties,
  given: JsonObject,
  { anyCase, passing = [] }: ReadingOptions,
): Reading {
  const fold = (name: string): string => (anyCase ? name.toLowerCase() : name);
  const spellings = new Map(Object.keys(declared).map((name) => [fold(name), name]));
  const values = new Map<string, unknown>();
  const problems: PortalError[] = [];

  for (const key of Object.keys(given)) {
    const name = spellings.get(fold(key)) ?? (passing.some((known) => fold(known) === fold(key)) ? key : undefined);
    if (name === undefined || values.has(name)) {
      problems.push(portalError(303, `Property '${key.slice(0, 100)}' is not supported.`));
    } else {
      values.set(name, own(given, key));
    }
  }
  for (const [name, { mandatory, check }] of Object.entries(declared)) {
    if (values.has(name)) problems.push(...check(name, values.get(name)));
    else if (mandatory) problems.push(required(name));
  }
  return { values: Object.fromEntries(values), problems };
}
