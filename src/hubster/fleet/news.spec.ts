import type { News } from './fleet';
import { readMessage, storedPause, writeMessage } from './news';

const AT = { replica: 'r1', tenant: 'acme', topic: 'breaker:read' } as const;

describe('messages between replicas', () => {
  it.each<News>([
    { kind: 'pause', ms: 5000, status: 503 },
    { kind: 'pause', ms: 1, status: 429 },
    { kind: 'resume' },
    { kind: 'counts', ok: 17, failed: 1 },
  ])('are read as they were written: %j', (news) => {
    expect(readMessage(writeMessage({ ...AT, news }))).toEqual({ ...AT, news });
  });

  it.each([
    '',
    'r1 acme',
    'r1 acme breaker:other pause 5000 503',
    'r1 acme breaker:read stop',
    'r1 acme breaker:read pause',
    'r1 acme breaker:read pause -5 503',
    'r1 acme breaker:read pause 1e9 503',
    'r1 acme breaker:read counts 1 NaN',
    `r1 acme breaker:read pause ${'9'.repeat(400)} 503`,
  ])('are ignored if they say nothing: %j', (text) => {
    expect(readMessage(text)).toBeUndefined();
  });

  it('hold no greater number than one of this service', () => {
    expect(storedPause('31536000000', '200')).toEqual({ kind: 'pause', ms: 2 ** 31 - 1, status: 503 });
    expect(readMessage('r1 acme breaker:read counts 999999999999 7')?.news).toMatchObject({ ok: 1_000_000 });
    expect(storedPause(undefined, undefined)).toBeUndefined();
  });
});
