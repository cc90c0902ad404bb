import { invalidRequest } from '../../problems/invalid-request';
import type { Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import type { Warning } from './warning';

/** What reading a request has found so far. */
export interface ValidationResult {
  readonly errors: readonly Violation[];
  /** Masks in place of values; told apart, as a request with nothing else wrong has a code of its own. */
  readonly masks: readonly Violation[];
  readonly warnings: readonly Warning[];
}

/** All that is wrong with a request at once. Where a mask stands, no other rule is worth telling. */
export function invalidRequestProblem({ errors, masks }: Pick<ValidationResult, 'errors' | 'masks'>): Problem {
  const masked = new Set(masks.map(({ pointer }) => pointer));
  return invalidRequest([...errors.filter(({ pointer }) => !masked.has(pointer)), ...masks], new Set(masks));
}

export function throwIfInvalid(findings: Pick<ValidationResult, 'errors' | 'masks'>): void {
  if (findings.errors.length > 0 || findings.masks.length > 0) throw invalidRequestProblem(findings);
}
