import { Problem, type ProblemDetails } from '../../problems/problem';
import type { ProblemCode } from '../../problems/problem-registry';
import type { Violation } from '../../problems/violation';
import { declaredError } from './declared-error';
import { type ErrorResponse, type Failed, isAmbiguous, retryAfterOf } from './outcome';

const RESOURCE_EXISTS = 106;
const NAME_EXISTS = 700;
const CHANNEL_ASSIGNED = 701;

interface ProblemContext {
  readonly write: boolean;
  readonly hasIdempotencyKey: boolean;
  readonly isPassthroughToken: boolean;
  readonly cause: Error;
}

/** The problem for an outcome: the last column of S-700 to S-720. */
export function outcomeProblem(outcome: Failed, context: ProblemContext): Problem {
  const { write, hasIdempotencyKey, isPassthroughToken, cause } = context;
  const problem = (code: ProblemCode, details: ProblemDetails = {}) => new Problem(code, { cause, ...details });
  const withErrors = (code: ProblemCode, { status, errors }: ErrorResponse) => {
    return problem(code, { status, ...errorDetails(errors.map(declaredError)) });
  };
  const later = (code: ProblemCode, status: number) => {
    return problem(code, { status, retryAfterSeconds: Math.max(1, (retryAfterOf(outcome) ?? 0) / 1000) });
  };

  if (isAmbiguous(outcome, write ? 'POST' : 'GET')) {
    return problem('upstream-timeout', { outcome: 'unknown', retryable: hasIdempotencyKey });
  }
  switch (outcome.kind) {
    case 'rate-limited':
      return later('upstream-rate-limited', 429);
    case 'unavailable':
      return later('upstream-unavailable', 503);
    case 'short-circuited':
      return later(shortCircuitCode(outcome), outcome.status);
    case 'request-timeout':
    case 'no-response':
    case 'deadline':
      return problem('upstream-timeout');
    case 'gateway':
      return problem(outcome.status === 504 ? 'upstream-timeout' : 'upstream-error');
    case 'server-error':
    case 'never-sent':
    case 'reset':
    case 'redirect':
    case 'unexpected-status':
      return problem('upstream-error');
    case 'unreadable':
      return problem('upstream-invalid');
    case 'client-refused':
      return problem('upstream-auth-failed');
    case 'unauthorized':
      return problem(isPassthroughToken ? 'unauthenticated' : 'upstream-auth-failed');
    case 'forbidden':
      return withErrors('upstream-forbidden', outcome);
    case 'not-found':
      return withErrors('not-found', outcome);
    case 'rejected':
    case 'refused': {
      const conflict = conflictCode(outcome);
      if (conflict) return problem(conflict, errorDetails(outcome.errors.map(declaredError)));
      return withErrors(outcome.kind === 'rejected' ? 'validation-failed' : 'upstream-refused', outcome);
    }
  }
}

function shortCircuitCode({ by, status }: Failed & { kind: 'short-circuited' }): ProblemCode {
  if (by === 'bulkhead') return 'overloaded';
  return status === 429 ? 'upstream-rate-limited' : 'upstream-unavailable';
}

/** S-113: Hubster responds to two conflicts with 400, and to the general one with 409. */
function conflictCode({ errors }: ErrorResponse): 'name-taken' | 'channel-taken' | undefined {
  const codes = errors.map(({ code }) => code);
  if (codes.includes(NAME_EXISTS) || codes.includes(RESOURCE_EXISTS)) return 'name-taken';
  return codes.includes(CHANNEL_ASSIGNED) ? 'channel-taken' : undefined;
}

function errorDetails(errors: readonly Violation[]): ProblemDetails {
  return errors.length > 0 ? { errors } : {};
}
