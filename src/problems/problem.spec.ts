import { invalidRequest } from './invalid-request';
import { Problem } from './problem';
import { violation } from './violation';

describe('Problem', () => {
  it('takes status, message and the word on retries from its kind', () => {
    const problem = new Problem('upstream-timeout');
    expect([problem.status, problem.message, problem.retryable]).toEqual([504, 'Hubster did not answer in time', true]);
  });

  it('lets one occurrence differ from its kind', () => {
    const problem = new Problem('upstream-refused', { status: 417, detail: 'Refused.', retryable: true });
    expect([problem.status, problem.message, problem.retryable]).toEqual([417, 'Refused.', true]);
  });

  it('keeps what lies behind it for the log', () => {
    const cause = new Error('socket hang up');
    expect(new Problem('internal-error', { cause }).cause).toBe(cause);
  });

  it('costs no stack, and takes none from other errors', () => {
    expect(new Problem('rate-limited').stack).not.toMatch(/\n\s+at /);
    expect(new Error('made after a problem').stack).toMatch(/\n\s+at /);
  });
});

describe('invalidRequest', () => {
  const mask = violation(206, '/configuration/authToken');
  const other = violation(301, '/name');

  it('holds all problems and their number', () => {
    expect(invalidRequest([mask, other]).details).toEqual({ errors: [mask, other], detail: '2 problems' });
    expect(invalidRequest([other]).details.detail).toBe('1 problem');
  });

  it.each([
    ['every problem is a mask', [mask], 'mask-in-value'],
    ['one is not', [mask, other], 'validation-failed'],
    ['none is', [other], 'validation-failed'],
    ['there is none', [], 'validation-failed'],
  ])('when %s its code fits [S-315]', (_when, errors, code) => {
    expect(invalidRequest(errors, new Set([mask])).code).toBe(code);
  });
});
