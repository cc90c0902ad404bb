import {
  CallTimeoutError,
  NoResponseError,
  type ProblemBody,
  ProblemError,
  UnexpectedResponseError,
} from './errors.ts';
import { mayRetry, retryAfterOf, retryDelay } from './retries.ts';

function problem(members: Partial<ProblemBody> = {}, retryAfterMs?: number): ProblemError {
  const body = { type: '', title: '', status: 503, code: 'overloaded', requestId: '', retryable: true } as const;
  return new ProblemError({ ...body, ...members }, retryAfterMs);
}

describe('mayRetry', () => {
  it.each([
    ['a retryable problem', problem(), { repeatable: true, other: true }],
    ['a problem that is not retryable', problem({ retryable: false }), { repeatable: false, other: false }],
    ['an unknown outcome', problem({ outcome: 'unknown' }), { repeatable: true, other: false }],
    ['no response', new NoResponseError(undefined), { repeatable: true, other: false }],
    ['a 503 of a proxy', new UnexpectedResponseError(503), { repeatable: true, other: false }],
    ['a 404 of a proxy', new UnexpectedResponseError(404), { repeatable: false, other: false }],
    ['a timeout of the call', new CallTimeoutError(1), { repeatable: false, other: false }],
  ])('decides for %s', (_name, error, { repeatable, other }) => {
    expect({ repeatable: mayRetry(error, true), other: mayRetry(error, false) }).toEqual({ repeatable, other });
  });
});

describe('retryDelay', () => {
  it('doubles from 250 ms to 8 s', () => {
    const longest = Array.from({ length: 8 }, (_, index) => retryDelay(problem(), index + 1, 1));
    expect(longest).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('is at least half of that, by chance', () => {
    expect(retryDelay(problem(), 1, 0)).toBe(125);
  });

  it('begins after Retry-After', () => {
    expect(retryDelay(problem({}, 3000), 1, 0)).toBe(3125);
    expect(retryDelay(new UnexpectedResponseError(503, 3000), 1, 1)).toBe(3250);
  });
});

describe('retryAfterOf', () => {
  it.each([
    ['2', 2000],
    ['0', 0],
    ['-1', undefined],
    ['1e9', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['9999999999', undefined],
  ])('reads %s', (value, expected) => {
    expect(retryAfterOf(new Response('', { headers: { 'retry-after': value } }))).toBe(expected);
  });
});
