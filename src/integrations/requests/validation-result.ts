import { invalidRequest } from '../../problems/invalid-request';
import type { Problem } from '../../problems/problem';
import type { FieldError } from '../../problems/violation';
import type { Warning } from './warning';

/** What reading a request has found so far. */
export interface Findings {
  readonly errors: readonly FieldError[];
  /** Masks in place of values; told apart, as a request with nothing else wrong has a code of its own. */
  readonly masks: readonly FieldError[];
  readonly warnings: readonly Warning[];
}

/** All that is wrong with a request at once. Where a mask stands, no other rule is worth telling. */
export function problemOf({ errors, masks }: Pick<Findings, 'errors' | 'masks'>): Problem {
  const masked = new Set(masks.map(({ pointer }) => pointer));
  return invalidRequest([...errors.filter(({ pointer }) => !masked.has(pointer)), ...masks], new Set(masks));
}

export function throwIfAny(findings: Pick<Findings, 'errors' | 'masks'>): void {
  if (findings.errors.length > 0 || findings.masks.length > 0) throw problemOf(findings);
}
