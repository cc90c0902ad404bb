import { prettyLine } from './pretty-line';

const TIME = new Date(2026, 0, 2, 12, 3, 55).toISOString();
const pretty = (line: object, hasColors = false) =>
  prettyLine(`${JSON.stringify({ time: TIME, ...line })}\n`, hasColors);
const REQUEST = { level: 'info', method: 'GET', route: '/api/v1/integrations/:integrationId', msg: 'request' };

describe('prettyLine', () => {
  it.each([
    ['stagedoor; fwd=miss; stored', 'miss'],
    ['stagedoor; hit; ttl=12', 'hit'],
    ['stagedoor; fwd=request; stored; collapsed', 'request'],
    ['stagedoor; fwd=stale; ttl=-3; detail=stale-if-error', 'stale-if-error'],
  ])('shows a read with its result in the cache: %s', (cache, result) => {
    const members = {
      status: 200,
      durationMs: 4.2,
      requestId: 'r1',
      attempts: 1,
      cache,
      tenant: 'acme',
      caller: 'app',
    };
    expect(pretty({ ...REQUEST, ...members })).toBe(
      `12:03:55 INFO  GET /api/v1/integrations/:integrationId 200 4 ms ${result} acme app\n`,
    );
  });

  it('shows why a request failed, how often it was tried, and its id', () => {
    const members = { status: 503, durationMs: 812, requestId: 'r1', attempts: 3, code: 'upstream-unavailable' };
    expect(pretty({ ...REQUEST, ...members, level: 'error', tenant: 'acme', caller: 'app' })).toBe(
      '12:03:55 ERROR GET /api/v1/integrations/:integrationId 503 812 ms 3 attempts upstream-unavailable acme app r1\n',
    );
  });

  it('shows a request without a route', () => {
    expect(
      pretty({ level: 'info', method: 'GET', status: 404, durationMs: 0, code: 'not-found', msg: 'request' }),
    ).toBe('12:03:55 INFO  GET (no route) 404 0 ms not-found\n');
  });

  it('shows an event as its message and its facts, in one line', () => {
    expect(
      pretty({ level: 'warn', event: 'a.b', url: 'http://a', text: 'two\nlines', n: { a: 1 }, msg: 'It is so' }),
    ).toBe('12:03:55 WARN  It is so url=http://a text="two\\nlines" n={"a":1}\n');
  });

  it('has colours only if it may', () => {
    expect(pretty({ level: 'error', msg: 'no' }, true)).toBe(
      '\u001b[90m12:03:55\u001b[39m \u001b[31mERROR\u001b[39m no\n',
    );
  });
});
