import { Problem } from './problem';
import type { Violation } from './violation';

/** Bounds a response by the size of the request: many errors may share one long pointer. */
const MAX_ERRORS = 100;
const MAX_POINTERS_LENGTH = 16 * 1024;

/** All violations of a request as one problem: `mask-in-value` when all of them are masks, else `validation-failed`. */
export function invalidRequest(errors: readonly Violation[], masks: ReadonlySet<Violation> = new Set()): Problem {
  const code = errors.length > 0 && errors.every((error) => masks.has(error)) ? 'mask-in-value' : 'validation-failed';
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  const listed = errors.slice(0, listedCount(errors));
  const detail = listed.length < errors.length ? `${count}, of which ${listed.length} are listed` : count;
  return new Problem(code, { errors: listed, detail });
}

function listedCount(errors: readonly Violation[]): number {
  let length = 0;
  const end = errors.slice(0, MAX_ERRORS).findIndex(({ pointer = '' }, index) => {
    length += pointer.length;
    return index > 0 && length > MAX_POINTERS_LENGTH;
  });
  return end === -1 ? MAX_ERRORS : end;
}
