import { type PortalError, portalError } from '../portal/portal-error';
import { parseUrl } from '../sandbox-url';

/** The errors of one value; `name` is its name in the error texts. */
export type Check = (name: string, value: unknown) => readonly PortalError[];

/** Maximum length of a string in characters (S-015). */
const TEXT_LIMIT = 4096;

/** A non-empty string of at most `limit` characters. */
export function text(limit: number = TEXT_LIMIT): Check {
  return (name, value) => {
    if (typeof value !== 'string') return wrongType(name, 'a string');
    if (value === '') return [required(name)];
    if ([...value].length > limit) return [portalError(207, `Property '${name}' is longer than ${limit} characters.`)];
    return [];
  };
}

export const flag: Check = (name, value) => (typeof value === 'boolean' ? [] : wrongType(name, 'a boolean'));

/** One of these values, case-sensitive. */
export function oneOf(allowed: readonly (string | number)[]): Check {
  return (name, value) => {
    if (typeof value !== typeof allowed[0]) return wrongType(name, `a ${typeof allowed[0]}`);
    return allowed.some((option) => option === value) ? [] : [unsupported(name)];
  };
}

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

export function required(name: string): PortalError {
  return portalError(301, `Property '${name}' is required.`);
}

export function unsupported(name: string): PortalError {
  return portalError(206, `The value of property '${name}' is not supported.`);
}

export function wrongType(name: string, expected: string): readonly PortalError[] {
  return [portalError(302, `Property '${name}' must be ${expected}.`)];
}
