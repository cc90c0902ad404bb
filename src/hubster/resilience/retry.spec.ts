import type { Failed, Method } from '../outcome/outcome';
import { decideRetry, type RetryInput } from './retry';

const errorResponse = (kind: Extract<Failed, { errors: unknown }>['kind'], status: number): Failed => ({
  kind,
  phase: 'portal',
  status,
  errors: [],
});

const half = () => 0.5;

const decide = (outcome: Failed, input: Partial<RetryInput> = {}) =>
  decideRetry({ method: 'GET', outcome, attempt: 1, timeLeftMs: 8000, hasBudget: true, ...input }, half);

const shortCircuited = (by: 'breaker' | 'bulkhead' | 'retry-after'): Failed => ({
  kind: 'short-circuited',
  phase: 'portal',
  by,
  status: 503,
  retryAfterMs: 1,
});

/** S-id, outcome, attempts of a read, decision for a write. */
const MATRIX: readonly [string, Failed, number, 'retry' | 'ambiguous' | 'final'][] = [
  ['S-700 429', errorResponse('rate-limited', 429), 3, 'retry'],
  ['S-701 503', errorResponse('unavailable', 503), 3, 'ambiguous'],
  ['S-702 408', errorResponse('request-timeout', 408), 3, 'ambiguous'],
  ['S-703 never sent', { kind: 'never-sent', phase: 'portal' }, 3, 'retry'],
  ['S-704 reset', { kind: 'reset', phase: 'portal' }, 3, 'ambiguous'],
  ['S-704 no response', { kind: 'no-response', phase: 'portal' }, 3, 'ambiguous'],
  ['S-705 500', errorResponse('server-error', 500), 2, 'ambiguous'],
  ['S-706 401', errorResponse('unauthorized', 401), 1, 'final'],
  ['S-707 403', errorResponse('forbidden', 403), 1, 'final'],
  ['S-708 404', errorResponse('not-found', 404), 1, 'final'],
  ['S-709 400', errorResponse('rejected', 400), 1, 'final'],
  ['S-710 409', errorResponse('refused', 409), 1, 'final'],
  ['S-710 501', errorResponse('refused', 501), 1, 'final'],
  ['S-711 302', errorResponse('redirect', 302), 1, 'final'],
  ['S-712 broken 2xx', { kind: 'unreadable', phase: 'portal' }, 1, 'ambiguous'],
  ['S-714 502', errorResponse('gateway', 502), 3, 'ambiguous'],
  ['S-714 504', errorResponse('gateway', 504), 3, 'ambiguous'],
  ['S-715 418', errorResponse('unexpected-status', 418), 1, 'final'],
  ['S-715 599', errorResponse('unexpected-status', 599), 1, 'ambiguous'],
  ['S-716 client refused', { ...errorResponse('client-refused', 400), phase: 'token' } as Failed, 1, 'final'],
  ['S-718 breaker open', shortCircuited('breaker'), 1, 'final'],
  ['S-718 bulkhead full', shortCircuited('bulkhead'), 1, 'final'],
  ['S-718 Retry-After running', shortCircuited('retry-after'), 1, 'final'],
  ['S-719 deadline, sent', { kind: 'deadline', phase: 'portal', sent: true }, 1, 'ambiguous'],
  ['S-719 deadline, not sent', { kind: 'deadline', phase: 'portal', sent: false }, 1, 'final'],
];

describe.each(MATRIX)('decideRetry: %s', (_id, outcome, attempts, write) => {
  it(`allows ${attempts} attempts of a read`, () => {
    const retries = [1, 2, 3, 4].map((attempt) => decide(outcome, { attempt }).retry);
    expect(retries).toEqual([1, 2, 3, 4].map((attempt) => attempt < attempts));
  });

  it.each<Method>(['POST', 'DELETE'])(`decides ${write} for a %s`, (method) => {
    const decisions = [1, 2, 3].map((attempt) => decide(outcome, { method, attempt, timeLeftMs: 15_000 }));
    const expected = { retry: [true, true, false], ambiguous: [false, false, false], final: [false, false, false] };
    expect(decisions.map(({ retry }) => retry)).toEqual(expected[write]);
    if (write !== 'retry') expect(decisions[0]).toEqual({ retry: false, reason: write });
  });
});

describe('decideRetry', () => {
  const unavailable = errorResponse('unavailable', 503);

  it.each(['unavailable', 'server-error', 'gateway', 'request-timeout'] as const)(
    'retries a write like a read while only Identity was called: %s [S-720]',
    (kind) => {
      const outcome: Failed = { kind, phase: 'token', status: 503, errors: [] };
      expect(decide(outcome, { method: 'POST', timeLeftMs: 15_000 })).toMatchObject({ retry: true, reason: kind });
    },
  );

  it.each([
    [1, 50],
    [2, 100],
  ])('waits with full jitter after attempt %i [S-753]', (attempt, delayMs) => {
    expect(decide(unavailable, { attempt })).toEqual({ retry: true, delayMs, reason: 'unavailable' });
  });

  it('waits at least as long as Retry-After', () => {
    expect(decide({ ...unavailable, retryAfterMs: 2000 } as Failed)).toMatchObject({ retry: true, delayMs: 2000 });
    expect(decide({ ...unavailable, retryAfterMs: 10 } as Failed)).toMatchObject({ retry: true, delayMs: 50 });
  });

  it('does not retry after a longer Retry-After [S-717]', () => {
    expect(decide({ ...unavailable, retryAfterMs: 2001 } as Failed)).toEqual({ retry: false, reason: 'wait-too-long' });
  });

  it.each([
    ['GET', 150, true],
    ['GET', 149, false],
    ['POST', 3050, true],
    ['POST', 3049, false],
  ] as const)('requires time for the attempt itself: %s with %i ms left', (method, timeLeftMs, retry) => {
    expect(decide(errorResponse('rate-limited', 429), { method, timeLeftMs }).retry).toBe(retry);
  });

  it('stops when the budget is spent', () => {
    expect(decide(unavailable, { hasBudget: false })).toEqual({ retry: false, reason: 'budget-spent' });
  });
});
