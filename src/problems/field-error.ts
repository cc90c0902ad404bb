import { PRT_MEANINGS, prtCode } from './prt';

/** One thing that is wrong with a request: Hubster's shape, plus where (RFC 6901). Never the offending value. */
export interface FieldError {
  readonly code: number;
  readonly pointer?: string;
  readonly description: string;
}

/**
 * What `code` says about the place `pointer` (absent: about the request as a whole).
 * `detail` replaces the general sentence where a rule of ours can be more helpful; it must not quote the value.
 */
export function fieldError(code: number, pointer?: string, detail?: string): FieldError {
  const property = pointer
    ?.slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  const text =
    detail ?? PRT_MEANINGS.get(code)?.text(property || undefined) ?? 'Hubster gave a code that is not documented.';
  return { code, ...(pointer !== undefined && { pointer }), description: `${text} (code: ${prtCode(code)})` };
}

/** The JSON Pointer (RFC 6901) of a path of keys and indexes. */
export function pointerOf(...path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
