import { Problem } from '../../problems/problem';
import { PROBLEM_KINDS } from '../../problems/problem-registry';

/** Statuses that always have a `Retry-After`. */
const STATUSES_TO_RETRY = new Set([429, 503]);

interface RenderedProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A problem as callers see it: RFC 9457, a superset of Hubster's error body. `publicUrl`: as in `Config`. */
export function renderProblem(problem: Problem, requestId: string, publicUrl = ''): RenderedProblem {
  const { code, status, details } = problem;
  const body = {
    type: `${publicUrl}/problems/${code}`,
    title: PROBLEM_KINDS[code].title,
    status,
    code,
    ...(details.detail !== undefined && { detail: details.detail }),
    requestId,
    retryable: problem.retryable,
    ...(details.outcome && { outcome: details.outcome }),
    ...(details.candidate !== undefined && { candidate: details.candidate }),
    ...(details.errors && { errors: details.errors }),
  };
  return { status, headers: headersOf(problem), body: JSON.stringify(body) };
}

function headersOf({ status, details }: Problem): Readonly<Record<string, string>> {
  const { allow } = details;
  const retryAfterSeconds = details.retryAfterSeconds ?? (STATUSES_TO_RETRY.has(status) ? 1 : undefined);
  return {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="stagedoor"' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    ...(allow && { allow: allow.join(', ') }),
  };
}
