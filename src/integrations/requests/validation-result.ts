import { invalidRequest, type Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import type { Warning } from './warning';

/** The violations and warnings found in a request. */
export interface ValidationResult {
  readonly errors: readonly Violation[];
  /** Masks in place of values; apart from the errors, as a request with masks alone has a problem code of its own. */
  readonly masks: readonly Violation[];
  readonly warnings: readonly Warning[];
}

/** The problem with all violations of a request. For a masked value only the mask is reported. */
export function invalidRequestProblem({ errors, masks }: Pick<ValidationResult, 'errors' | 'masks'>): Problem {
  const masked = new Set(masks.map(({ pointer }) => pointer));
  return invalidRequest([...errors.filter(({ pointer }) => !masked.has(pointer)), ...masks], new Set(masks));
}

export function throwIfInvalid(findings: Pick<ValidationResult, 'errors' | 'masks'>): void {
  if (findings.errors.length > 0 || findings.masks.length > 0) throw invalidRequestProblem(findings);
}
