import { exampleOf } from './problem-examples';
import { PROBLEM_CODES, PROBLEM_KINDS } from './problem-registry';

describe('exampleOf', () => {
  it.each(PROBLEM_CODES)('is an occurrence of %s', (code) => {
    const example = exampleOf(code);
    expect([example.code, example.status]).toEqual([code, PROBLEM_KINDS[code].status]);
  });

  it('has the details that callers act on', () => {
    expect(exampleOf('validation-failed').details.errors).toHaveLength(2);
    expect(exampleOf('rate-limited').details.retryAfterSeconds).toBeGreaterThan(0);
    expect(exampleOf('method-not-allowed').details.allow).toContain('GET');
    expect(exampleOf('upstream-timeout').details).toMatchObject({ outcome: 'unknown', retryable: false });
  });
});
