import { PROBLEM_KINDS, type ProblemCode } from './problem-registry';

/** Written by hand, as the codes are part of the API: every code with its status. */
const PUBLISHED: Readonly<Record<string, number>> = {
  'validation-failed': 400,
  'malformed-body': 400,
  'mask-in-value': 400,
  'tenant-required': 400,
  unauthenticated: 401,
  forbidden: 403,
  'upstream-forbidden': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'configuration-frozen': 409,
  'name-taken': 409,
  'channel-taken': 409,
  'idempotency-running': 409,
  'upstream-refused': 409,
  'precondition-failed': 412,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'idempotency-mismatch': 422,
  'rate-limited': 429,
  'upstream-rate-limited': 429,
  'internal-error': 500,
  'upstream-unsupported': 501,
  'upstream-error': 502,
  'upstream-invalid': 502,
  'upstream-auth-failed': 502,
  overloaded: 503,
  'idempotency-unavailable': 503,
  'audit-unavailable': 503,
  'upstream-unavailable': 503,
  'not-cached': 504,
  'upstream-timeout': 504,
};

const RETRYABLE: readonly ProblemCode[] = [
  'request-timeout',
  'rate-limited',
  'overloaded',
  'idempotency-running',
  'idempotency-unavailable',
  'audit-unavailable',
  'upstream-rate-limited',
  'upstream-unavailable',
  'upstream-timeout',
  'upstream-error',
  'upstream-invalid',
];

describe('PROBLEM_KINDS', () => {
  it('has exactly the published codes and statuses', () => {
    const statuses = Object.fromEntries(Object.entries(PROBLEM_KINDS).map(([code, { status }]) => [code, status]));
    expect(statuses).toEqual(PUBLISHED);
  });

  it('is retryable only where the same request may succeed later', () => {
    const retryable = Object.entries(PROBLEM_KINDS).filter(([, kind]) => kind.retryable);
    expect(retryable.map(([code]) => code).sort()).toEqual([...RETRYABLE].sort());
  });

  it.each(Object.entries(PROBLEM_KINDS))('%s has a unique title and a help text', (_code, { title, help }) => {
    expect(title).toMatch(/\w$/);
    expect(help).toMatch(/\.$/);
    expect(Object.values(PROBLEM_KINDS).filter((kind) => kind.title === title)).toHaveLength(1);
  });
});
