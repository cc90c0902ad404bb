import { invalidRequest, Problem } from './problem';
import { violation } from './violation';

describe('Problem', () => {
  it('has status, message and retryable of its kind', () => {
    const problem = new Problem('upstream-timeout');
    expect([problem.status, problem.message, problem.retryable]).toEqual([
      504,
      'Hubster did not respond in time',
      true,
    ]);
  });

  it('has its own status, message and retryable where they differ from its kind', () => {
    const problem = new Problem('upstream-refused', { status: 417, detail: 'Refused.', retryable: true });
    expect([problem.status, problem.message, problem.retryable]).toEqual([417, 'Refused.', true]);
  });

  it('keeps its cause for the log', () => {
    const cause = new Error('socket hang up');
    expect(new Problem('internal-error', { cause }).cause).toBe(cause);
  });

  it('has no stack, and leaves that of other errors', () => {
    expect(new Problem('rate-limited').stack).not.toMatch(/\n\s+at /);
    expect(new Error('made after a problem').stack).toMatch(/\n\s+at /);
  });
});

describe('invalidRequest', () => {
  const mask = violation(206, '/configuration/authToken');
  const other = violation(301, '/name');

  it('has all violations and their number', () => {
    expect(invalidRequest([mask, other]).details).toEqual({ errors: [mask, other], detail: '2 problems' });
    expect(invalidRequest([other]).details.detail).toBe('1 problem');
  });

  it.each([
    ['only masks', [mask], 'mask-in-value'],
    ['a mask and another', [mask, other], 'validation-failed'],
    ['no mask', [other], 'validation-failed'],
    ['no violation', [], 'validation-failed'],
  ])('chooses the code for %s [S-315]', (_what, errors, code) => {
    expect(invalidRequest(errors, new Set([mask])).code).toBe(code);
  });
});
