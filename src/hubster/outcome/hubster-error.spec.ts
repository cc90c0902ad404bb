import { Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import { HubsterError, mayServeStale, toProblem } from './hubster-error';
import type { ErrorResponse, Failed, UpstreamError } from './outcome';

const errorResponse = (kind: ErrorResponse['kind'], status: number, rest: Partial<ErrorResponse> = {}): Failed => ({
  kind,
  phase: 'portal',
  status,
  errors: [],
  ...rest,
});
const shortCircuited = (by: 'breaker' | 'bulkhead' | 'retry-after', status: 429 | 503): Failed => ({
  kind: 'short-circuited',
  phase: 'portal',
  by,
  status,
  retryAfterMs: 2500,
});
const problemOf = (outcome: Failed, write = false) =>
  toProblem(new HubsterError(outcome), { write, mayConflict: write });

const UNKNOWN = '504 upstream-timeout unknown';

/** S-id, outcome, problem for a read, problem for a write, whether a stale entry may be served. */
const TABLE: readonly [string, Failed, string, string, boolean][] = [
  ['S-700 429', errorResponse('rate-limited', 429), '429 upstream-rate-limited', '429 upstream-rate-limited', true],
  ['S-701 503', errorResponse('unavailable', 503), '503 upstream-unavailable', UNKNOWN, true],
  ['S-702 408', errorResponse('request-timeout', 408), '504 upstream-timeout', UNKNOWN, true],
  ['S-703 never sent', { kind: 'never-sent', phase: 'portal' }, '502 upstream-error', '502 upstream-error', true],
  ['S-704 reset', { kind: 'reset', phase: 'portal' }, '502 upstream-error', UNKNOWN, true],
  ['S-704 no response', { kind: 'no-response', phase: 'portal' }, '504 upstream-timeout', UNKNOWN, true],
  ['S-705 500', errorResponse('server-error', 500), '502 upstream-error', UNKNOWN, true],
  ['S-706 401', errorResponse('unauthorized', 401), '502 upstream-auth-failed', '502 upstream-auth-failed', false],
  ['S-707 403', errorResponse('forbidden', 403), '403 upstream-forbidden', '403 upstream-forbidden', false],
  ['S-708 404', errorResponse('not-found', 404), '404 not-found', '404 not-found', false],
  ['S-709 400', errorResponse('rejected', 400), '400 validation-failed', '400 validation-failed', false],
  ['S-710 409', errorResponse('refused', 409), '409 upstream-refused', '409 upstream-refused', false],
  ['S-710 410', errorResponse('refused', 410), '410 upstream-refused', '410 upstream-refused', false],
  ['S-710 417', errorResponse('refused', 417), '417 upstream-refused', '417 upstream-refused', false],
  ['S-710 501', errorResponse('refused', 501), '501 upstream-refused', '501 upstream-refused', false],
  ['S-711 302', errorResponse('redirect', 302), '502 upstream-error', '502 upstream-error', false],
  ['S-712 broken', { kind: 'unreadable', phase: 'portal' }, '502 upstream-invalid', UNKNOWN, false],
  ['S-714 502', errorResponse('gateway', 502), '502 upstream-error', UNKNOWN, true],
  ['S-714 504', errorResponse('gateway', 504), '504 upstream-timeout', UNKNOWN, true],
  ['S-715 418', errorResponse('unexpected-status', 418), '502 upstream-error', '502 upstream-error', false],
  ['S-715 599', errorResponse('unexpected-status', 599), '502 upstream-error', UNKNOWN, true],
  [
    'S-716 client refused',
    errorResponse('client-refused', 400, { phase: 'token' }),
    '502 upstream-auth-failed',
    '502 upstream-auth-failed',
    false,
  ],
  ['S-718 breaker', shortCircuited('breaker', 503), '503 upstream-unavailable', '503 upstream-unavailable', true],
  ['S-718 bulkhead', shortCircuited('bulkhead', 503), '503 overloaded', '503 overloaded', true],
  [
    'S-718 after a 429',
    shortCircuited('retry-after', 429),
    '429 upstream-rate-limited',
    '429 upstream-rate-limited',
    true,
  ],
  [
    'S-718 after a 503',
    shortCircuited('retry-after', 503),
    '503 upstream-unavailable',
    '503 upstream-unavailable',
    true,
  ],
  ['S-719 sent', { kind: 'deadline', phase: 'portal', sent: true }, '504 upstream-timeout', UNKNOWN, true],
  [
    'S-719 not sent',
    { kind: 'deadline', phase: 'portal', sent: false },
    '504 upstream-timeout',
    '504 upstream-timeout',
    true,
  ],
  [
    'S-720 Identity 503',
    errorResponse('unavailable', 503, { phase: 'token' }),
    '503 upstream-unavailable',
    '503 upstream-unavailable',
    true,
  ],
  ['S-720 Identity reset', { kind: 'reset', phase: 'token' }, '502 upstream-error', '502 upstream-error', true],
];

describe.each(TABLE)('the outcome %s', (_id, outcome, read, write, isStaleAllowed) => {
  const words = ({ status, code, details }: Problem) => [status, code, details.outcome].filter(Boolean).join(' ');

  it(`becomes ${read} for a read`, () => {
    expect(words(problemOf(outcome))).toBe(read);
  });

  it(`becomes ${write} for a write`, () => {
    expect(words(problemOf(outcome, true))).toBe(write);
  });

  it(`${isStaleAllowed ? 'allows' : 'does not allow'} a stale entry`, () => {
    expect(mayServeStale(new HubsterError(outcome))).toBe(isStaleAllowed);
  });
});

describe('toProblem', () => {
  it.each([
    ['700', errorResponse('rejected', 400, { errors: [{ code: 700 }] }), 'name-taken'],
    ['106', errorResponse('refused', 409, { errors: [{ code: 106 }] }), 'name-taken'],
    ['701', errorResponse('rejected', 400, { errors: [{ code: 701 }] }), 'channel-taken'],
  ])('maps PRT %s to 409 and keeps the code [S-113]', (_prt, outcome, code) => {
    const problem = problemOf(outcome, true);
    expect([problem.status, problem.code]).toEqual([409, code]);
    expect(problem.details.errors).toHaveLength(1);
    // A read or a delete gives nothing a name.
    expect(problemOf(outcome, false).code).not.toBe(code);
  });

  it.each<[string, UpstreamError, Partial<Violation>]>([
    ['a field of the body', { code: 301, property: 'name' }, { pointer: '/name' }],
    ['a field of a configuration', { code: 301, property: 'AuthToken' }, { pointer: '/configuration/authToken' }],
    ['a parameter', { code: 207, property: 'pageSize' }, { parameter: 'pageSize' }],
  ])('adds a pointer to %s that is declared [S-008]', (_what, error, place) => {
    const [shown] = problemOf(errorResponse('rejected', 400, { errors: [error] })).details.errors ?? [];
    expect(shown).toMatchObject({ code: error.code, ...place });
    expect(shown?.description.toLowerCase()).toContain(`'${error.property?.toLowerCase()}'`);
  });

  it('does not repeat an undeclared property, and has a general text for an unknown code', () => {
    const errors = [{ code: 301, property: 'swordfish' }, { code: 12_345 }];
    expect(problemOf(errorResponse('rejected', 400, { errors })).details.errors).toEqual([
      { code: 301, description: 'Property is required. (code: PRT000301)' },
      { code: 12_345, description: 'Hubster responded with an undocumented code. (code: PRT012345)' },
    ]);
  });

  it.each([
    ['the time that Hubster sends', errorResponse('rate-limited', 429, { retryAfterMs: 30_000 }), 30],
    ['the remaining time', shortCircuited('breaker', 503), 2.5],
    ['at least a second', errorResponse('unavailable', 503, { retryAfterMs: 0 }), 1],
    ['a second if Hubster sends none', errorResponse('unavailable', 503), 1],
  ])('sets Retry-After to %s', (_what, outcome, seconds) => {
    expect(problemOf(outcome).details.retryAfterSeconds).toBe(seconds);
  });

  it('calls an unknown outcome retryable only with an Idempotency-Key', () => {
    const failure = new HubsterError({ kind: 'no-response', phase: 'portal' });
    expect(toProblem(failure, { write: true }).retryable).toBe(false);
    expect(toProblem(failure, { write: true, hasIdempotencyKey: true }).retryable).toBe(true);
    expect(toProblem(failure, { write: false }).retryable).toBe(true);
  });

  it('maps a 401 for a passthrough token to unauthenticated [S-006]', () => {
    const failure = new HubsterError(errorResponse('unauthorized', 401), true);
    expect(toProblem(failure, { write: false }).code).toBe('unauthenticated');
  });

  it('returns problems unchanged, and maps any other error to an internal one', () => {
    const problem = new Problem('forbidden');
    expect(toProblem(problem, { write: true })).toBe(problem);
    expect(toProblem(new TypeError('x'), { write: true }).code).toBe('internal-error');
    expect(mayServeStale(new TypeError('x'))).toBe(false);
  });

  it('allows a stale entry for a wait past the deadline, and for no other problem', () => {
    expect(mayServeStale(new Problem('upstream-timeout'))).toBe(true);
    expect([new Problem('not-found'), new Problem('internal-error')].map(mayServeStale)).toEqual([false, false]);
  });
});
