import { isJsonObject, type JsonObject, own, parseUrl } from '../json';
import { type PortalError, portalError } from './portal-error';

const MESSAGE_TYPES = [
  ...['text', 'contact', 'card', 'location', 'attachment', 'video', 'audio', 'youtube', 'vimeo', 'image'],
  ...['list', 'carousel', 'command'],
];
/** A text message needs at least one of them. */
const TEXT_CONTENT = ['text', 'items', 'actions'];

/** The errors of one value; `name` is its name in the error texts. */
type Check = (name: string, value: unknown) => readonly PortalError[];

/** The documented properties of an object, by documented spelling. */
export type Properties = Readonly<Record<string, { readonly mandatory: boolean; readonly check: Check }>>;

export function mandatory(check: Check): Properties[string] {
  return { mandatory: true, check };
}

export function optional(check: Check): Properties[string] {
  return { mandatory: false, check };
}

/** Values by documented spelling, and all errors. */
export interface PropertyValues {
  readonly values: JsonObject;
  readonly errors: readonly PortalError[];
}

interface ReadOptions {
  /** The document declares `echo` but its samples have `Echo`, so configurations are read in any case (S-109). */
  readonly anyCase: boolean;
  /** Undeclared keys that are accepted unchanged. */
  readonly allowed?: readonly string[];
}

/** Checks all of `given` against the declaration. */
export function readProperties(
  declared: Properties,
  given: JsonObject,
  { anyCase, allowed = [] }: ReadOptions,
): PropertyValues {
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
  for (const [name, property] of Object.entries(declared)) {
    if (values.has(name)) errors.push(...property.check(name, values.get(name)));
    else if (property.mandatory) errors.push(required(name));
  }
  return { values: Object.fromEntries(values), errors };
}

export function required(name: string): PortalError {
  return portalError(301, `Property '${name}' is required.`);
}

export function unsupported(name: string): PortalError {
  return portalError(206, `The value of property '${name}' is not supported.`);
}

function wrongType(name: string, expected: string): readonly PortalError[] {
  return [portalError(302, `Property '${name}' must be ${expected}.`)];
}

/** A non-empty string of at most `limit` characters, 4096 by default (S-015). */
export function text(limit: number = 4096): Check {
  return (name, value) => {
    if (typeof value !== 'string') return wrongType(name, 'a string');
    if (value === '') return [required(name)];
    if ([...value].length > limit) return [portalError(207, `Property '${name}' is longer than ${limit} characters.`)];
    return [];
  };
}

export const flag: Check = (name, value) => (typeof value === 'boolean' ? [] : wrongType(name, 'a boolean'));

export const object: Check = (name, value) => (isJsonObject(value) ? [] : wrongType(name, 'an object'));

/** One of these values, case-sensitive. */
export function oneOf(allowed: readonly (string | number)[]): Check {
  return (name, value) => {
    if (typeof value !== typeof allowed[0]) return wrongType(name, `a ${typeof allowed[0]}`);
    return allowed.some((option) => option === value) ? [] : [unsupported(name)];
  };
}

/** A name and a status of an integration (S-103, S-105, S-106). */
export const NAME = text(255);
export const STATUS_ID = oneOf([3000, 3002]);

/** An absolute http or https URL by the WHATWG parser, which accepts underscores in a host (S-248). */
export const webUrl: Check = (name, value) => {
  const errors = text()(name, value);
  if (errors.length > 0 || typeof value !== 'string') return errors;
  return /^https?:$/.test(parseUrl(value)?.protocol ?? '') ? [] : [unsupported(name)];
};

/** An array; PRT000306 if it is empty and `atLeastOne`. */
export function list(item: Check, { atLeastOne }: { atLeastOne: boolean }): Check {
  return (name, value) => {
    if (!Array.isArray(value)) return wrongType(name, 'an array');
    if (atLeastOne && value.length === 0) return [portalError(306, `Collection '${name}' is empty.`)];
    return value.flatMap((entry: unknown, index) => item(`${name}[${index}]`, entry));
  };
}

const message: Check = (name, value) => {
  if (!isJsonObject(value)) return wrongType(name, 'an object');
  const type = own(value, 'type');
  if (type === undefined) return [required(`${name}.type`)];
  const errors = oneOf(MESSAGE_TYPES)(`${name}.type`, type);
  if (type !== 'text' || TEXT_CONTENT.some((key) => Object.hasOwn(value, key))) return errors;
  return [portalError(307, `Message '${name}' is empty.`)];
};

/** The `start` of WebChat and Direct. Only the type and an empty text are checked inside a message (S-224). */
export const startMessages: Check = list(message, { atLeastOne: false });
