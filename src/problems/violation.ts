import { PRT_MEANINGS, prtCode } from './prt';

/** One rule that a request breaks, in Hubster's shape and with the place; never with the value. */
export interface Violation {
  readonly code: number;
  /** The place in the body (RFC 6901). */
  readonly pointer?: string;
  /** The name of the path or query parameter, or of the header. */
  readonly parameter?: string;
  readonly description: string;
}

/**
 * The violation of rule `code` at `pointer` of a body (absent: by the request as a whole). `detail` replaces the general
 * sentence; it must not quote the value.
 */
export function violation(code: number, pointer?: string, detail?: string): Violation {
  const property = pointer && unescaped(pointer.slice(pointer.lastIndexOf('/') + 1));
  return {
    code,
    ...(pointer !== undefined && { pointer }),
    description: describe(code, property || undefined, detail),
  };
}

/** The violation of rule `code` by a path or query parameter, or a header. */
export function parameterViolation(code: number, parameter: string, detail?: string): Violation {
  return { code, parameter, description: describe(code, parameter, detail) };
}

function describe(code: number, name: string | undefined, detail: string | undefined): string {
  const text = detail ?? PRT_MEANINGS.get(code)?.text(name) ?? 'Hubster responded with an undocumented code.';
  return `${text} (code: ${prtCode(code)})`;
}

/** The JSON Pointer (RFC 6901) of a path of keys and indexes. */
export function pointerOf(...path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The keys and indexes of a JSON Pointer. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map(unescaped);
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
