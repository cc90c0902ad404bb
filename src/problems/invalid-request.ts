import type { FieldError } from './field-error';
import { Problem } from './problem';

/** No answer grows far beyond the request that it refuses. */
const MAX_ERRORS = 100;

/** All that is wrong with a request at once; `mask-in-value` only when every one of them is a mask (design 2.3). */
export function invalidRequest(errors: readonly FieldError[], masks: ReadonlySet<FieldError> = new Set()): Problem {
  const code = errors.length > 0 && errors.every((error) => masks.has(error)) ? 'mask-in-value' : 'validation-failed';
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  const detail = errors.length > MAX_ERRORS ? `${count}, of which ${MAX_ERRORS} are listed` : count;
  return new Problem(code, { errors: errors.slice(0, MAX_ERRORS), detail });
}
