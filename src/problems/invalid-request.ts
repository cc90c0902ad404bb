import type { FieldError } from './field-error';
import { Problem } from './problem';

/** All that is wrong with a request at once; `mask-in-value` only when every one of them is a mask (design 2.3). */
export function invalidRequest(errors: readonly FieldError[], masks: ReadonlySet<FieldError> = new Set()): Problem {
  const code = errors.length > 0 && errors.every((error) => masks.has(error)) ? 'mask-in-value' : 'validation-failed';
  return new Problem(code, { errors, detail: errors.length === 1 ? '1 problem' : `${errors.length} problems` });
}
