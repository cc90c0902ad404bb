import { PRT_MEANINGS, prtCode } from './prt';

/** One thing that is wrong with a request: Hubster's shape, plus where. Never the offending value. */
export interface Violation {
  readonly code: number;
  /** Where in the body (RFC 6901). */
  readonly pointer?: string;
  /** Which part of the path or query, or which header. */
  readonly parameter?: string;
  readonly description: string;
}

/**
 * What `code` says about the place `pointer` of a body (absent: about the request as a whole).
 * `detail` replaces the general sentence where a rule of ours can be more helpful; it must not quote the value.
 */
export function violation(code: number, pointer?: string, detail?: string): Violation {
  const property = pointer && unescaped(pointer.slice(pointer.lastIndexOf('/') + 1));
  return {
    code,
    ...(pointer !== undefined && { pointer }),
    description: describe(code, property || undefined, detail),
  };
}

/** What `code` says about a part of the path or query, or a header. */
export function parameterViolation(code: number, parameter: string, detail?: string): Violation {
  return { code, parameter, description: describe(code, parameter, detail) };
}

function describe(code: number, name: string | undefined, detail: string | undefined): string {
  const text = detail ?? PRT_MEANINGS.get(code)?.text(name) ?? 'Hubster gave a code that is not documented.';
  return `${text} (code: ${prtCode(code)})`;
}

/** The JSON Pointer (RFC 6901) of a path of keys and indexes. */
export function pointerOf(...path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The keys and indexes that a JSON Pointer names. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map(unescaped);
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
