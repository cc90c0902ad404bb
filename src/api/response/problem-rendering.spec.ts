import { Problem } from '../../problems/problem';
import { PROBLEM_CODES, PROBLEM_KINDS } from '../../problems/problem-registry';
import { violation } from '../../problems/violation';
import { renderProblem } from './problem-rendering';

const bodyOf = (problem: Problem) => JSON.parse(renderProblem(problem, 'r-1').body);

describe('a problem as callers see it', () => {
  it('is the documented example', () => {
    const errors = [violation(301, '/configuration/authToken')];
    const { status, headers, body } = renderProblem(
      new Problem('validation-failed', { errors, detail: '1 problem' }),
      'r-1',
    );
    expect({ status, headers, body: JSON.parse(body) }).toEqual({
      status: 400,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: {
        type: '/problems/validation-failed',
        title: 'The request is not valid',
        status: 400,
        code: 'validation-failed',
        detail: '1 problem',
        requestId: 'r-1',
        retryable: false,
        errors: [
          {
            code: 301,
            pointer: '/configuration/authToken',
            description: "Property 'authToken' is required. (code: PRT000301)",
          },
        ],
      },
    });
  });

  it.each(PROBLEM_CODES)('has the members of RFC 9457 for %s, the status in status line and body', (code) => {
    const problem = new Problem(code);
    const { title, status, retryable } = PROBLEM_KINDS[code];
    expect(bodyOf(problem)).toEqual({ type: `/problems/${code}`, title, status, code, requestId: 'r-1', retryable });
    expect(renderProblem(problem, 'r-1').status).toBe(status);
  });

  it('has the status of the occurrence if its kind has several', () => {
    expect(bodyOf(new Problem('upstream-refused', { status: 417 })).status).toBe(417);
  });

  it('shows that the outcome of a write is unknown, and which integration it may have created', () => {
    const details = { outcome: 'unknown', candidate: 'id', retryable: false } as const;
    expect(bodyOf(new Problem('upstream-timeout', details))).toMatchObject(details);
  });

  it('never shows its cause', () => {
    const cause = new Error('canary');
    const { headers, body } = renderProblem(new Problem('internal-error', { cause }), 'r-1');
    expect(JSON.stringify(headers) + body).not.toContain('canary');
  });
});

describe('the headers of a problem', () => {
  it.each([
    [0, '1'],
    [-5, '1'],
    [0.2, '1'],
    [1, '1'],
    [1.001, '2'],
    [59.5, '60'],
    [86_400, '86400'],
  ])('Retry-After: %s seconds are %s', (retryAfterSeconds, header) => {
    expect(renderProblem(new Problem('overloaded', { retryAfterSeconds }), '').headers['retry-after']).toBe(header);
  });

  it('WWW-Authenticate: on every 401 and nothing else', () => {
    const challenged = PROBLEM_CODES.filter(
      (code) => 'www-authenticate' in renderProblem(new Problem(code), '').headers,
    );
    expect(challenged).toEqual(['unauthenticated']);
    expect(renderProblem(new Problem('unauthenticated'), '').headers['www-authenticate']).toMatch(/^Bearer realm="/);
  });

  it('Allow: the verbs of the path', () => {
    const { headers } = renderProblem(new Problem('method-not-allowed', { allow: ['GET', 'HEAD'] }), '');
    expect(headers['allow']).toBe('GET, HEAD');
  });
});
