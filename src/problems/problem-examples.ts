import { invalidRequest, Problem, type ProblemDetails } from './problem';
import type { ProblemCode } from './problem-registry';
import { violation } from './violation';

const MASK = violation(206, '/configuration/authToken', 'The value contains a mask.');

/** What an occurrence has beside its kind; the same texts as in the code that throws it. */
const DETAILS: Readonly<Partial<Record<ProblemCode, ProblemDetails>>> = {
  'validation-failed': invalidRequest([violation(301, '/configuration/authToken'), violation(302, '/name')]).details,
  'mask-in-value': invalidRequest([MASK]).details,
  forbidden: { detail: 'The caller lacks the scope integrations:write.' },
  'not-found': { errors: [violation(799)] },
  'method-not-allowed': { allow: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH'] },
  'unsupported-media-type': { detail: 'The body must not have a content coding.' },
  'name-taken': { errors: [violation(700)] },
  'channel-taken': { errors: [violation(701)] },
  'rate-limited': { retryAfterSeconds: 7 },
  'upstream-refused': { errors: [violation(107)] },
  'upstream-rate-limited': { retryAfterSeconds: 30 },
  'upstream-unavailable': { retryAfterSeconds: 5 },
  'upstream-timeout': { outcome: 'unknown', retryable: false, candidate: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
};

/** An occurrence of the problem, for documents and pages. */
export function exampleOf(code: ProblemCode): Problem {
  return new Problem(code, DETAILS[code]);
}
