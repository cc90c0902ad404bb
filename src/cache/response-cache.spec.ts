import { OPTIONS, Origin, SECOND, tenantNamed } from '../../test/support/cache/question';
import { ManualClock } from '../../test/support/manual-clock';
import { Metrics } from '../observability/metrics';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import type { CacheRead, CacheResult } from './cache-read';
import { composeResponseCache } from './compose-response-cache';
import { NO_DIRECTIVES } from './request-directives';
import type { ResponseCache } from './response-cache';

const NO_CACHE = { ...NO_DIRECTIVES, noCache: true };

describe('ResponseCache', () => {
  let clock: ManualClock;
  let origin: Origin;
  let cache: ResponseCache;
  let metrics: Metrics;

  beforeEach(() => {
    // Without jitter, so that seconds can be told exactly; `entry.spec.ts` has the jitter.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    clock = new ManualClock();
    origin = new Origin();
    metrics = new Metrics();
    const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
    cache = composeResponseCache({ options: OPTIONS, clock, keys, metrics });
  });

  afterEach(() => jest.restoreAllMocks());

  const read = (changes?: Partial<CacheRead>) => cache.read(origin.ask(clock, changes));
  const textOf = ({ response }: CacheResult) => response.body.toString();
  const text = (changes?: Partial<CacheRead>) => read(changes).then(textOf);
  const status = (changes?: Partial<CacheRead>) => read(changes).then(({ cacheStatus }) => cacheStatus);

  it('the fast lane is told the same of what is fresh', async () => {
    await read();
    await clock.advance(17.5 * SECOND);
    expect(cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES)).toEqual(await read());
  });

  it('keeps one for 30 s, a list for 15 s, a 404 for 5 s [S-405, S-752]', async () => {
    const keep = async (changes: Partial<CacheRead>, almost: number) => {
      await read(changes);
      await clock.advance(almost);
      expect(await status(changes)).toBe('stagedoor; hit; ttl=0');
      await clock.advance(1);
      return status(changes);
    };
    expect(await keep({}, 30 * SECOND - 1)).toContain('stale-while-revalidate');
    expect(await keep({ kind: 'list', key: 'list' }, 15 * SECOND - 1)).toContain('stale-while-revalidate');
    origin.status = 404;
    expect(await keep({ key: 'absent' }, 5 * SECOND - 1)).toBe('stagedoor; fwd=stale; stored');
  });

  it('never serves a 404 stale, whatever fails', async () => {
    origin.status = 404;
    await read();
    await clock.advance(6 * SECOND);
    origin.failure = new Problem('upstream-unavailable');
    await expect(read()).rejects.toBe(origin.failure);
  });

  it('renews behind the scenes what it serves stale, once for all', async () => {
    await read();
    await clock.advance(31 * SECOND);
    origin.text = 'v2';
    expect(await Promise.all([text(), text(), text()])).toEqual(['v1', 'v1', 'v1']);
    await clock.advance(0);
    expect(await text()).toBe('v2');
    expect(origin.calls).toBe(2);
  });

  it.each(['upstream-forbidden', 'not-found'] as const)(
    'does not serve stale after %s, then or later',
    async (code) => {
      await read();
      await clock.advance(70 * SECOND);
      origin.failure = new Problem(code);
      await expect(read()).rejects.toBe(origin.failure);
      origin.failure = new Problem('upstream-unavailable');
      await expect(read()).rejects.toBe(origin.failure);
    },
  );

  it('does not serve stale for longer than 5 min', async () => {
    await read();
    await clock.advance(330 * SECOND);
    origin.failure = new Problem('upstream-unavailable');
    await expect(read()).rejects.toBe(origin.failure);
  });

  it('does not answer a no-cache caller stale', async () => {
    await read();
    origin.failure = new Problem('upstream-unavailable');
    await expect(read({ directives: NO_CACHE })).rejects.toBe(origin.failure);
    expect(await text()).toBe('v1');
  });

  it('answers no-cache with what Hubster has now, not with a call that began before, and keeps the newer of both', async () => {
    const release = origin.hold();
    const slow = text();
    await clock.advance(0);
    origin.text = 'v2';
    const fresh = text({ directives: NO_CACHE });
    await clock.advance(0);
    release();
    expect(await Promise.all([slow, fresh])).toEqual(['v1', 'v2']);
    expect(await text()).toBe('v2');
  });

  it('keeps tenants apart, in answers and in tags [N2]', async () => {
    const acme = await read();
    origin.text = 'v1';
    expect(await status({ tenant: 'globex' })).toBe('stagedoor; fwd=miss; stored');
    const globex = await read({ tenant: 'globex' });
    expect(textOf(globex)).toBe(textOf(acme));
    expect(globex.response.etag).not.toBe(acme.response.etag);
    expect(acme.response.etag).toMatch(/^"[\w-]{22}"$/);
  });

  it('throws upstream-timeout when the deadline of the caller ends, and keeps what comes later', async () => {
    const release = origin.hold();
    const failed = expect(read()).rejects.toMatchObject({ code: 'upstream-timeout' });
    await clock.advance(8 * SECOND);
    await failed;
    release();
    await clock.advance(0);
    expect(cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES)).toBeDefined();
  });

  it('serves stale when the deadline of the caller ends', async () => {
    await read();
    await clock.advance(70 * SECOND);
    origin.hold();
    const stale = status();
    await clock.advance(8 * SECOND);
    expect(await stale).toContain('stale-if-error');
  });

  it('peeks at nothing that is stale or another’s', async () => {
    expect(cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES)).toBeUndefined();
    await read();
    expect(cache.peek(tenantNamed('globex'), 'one', NO_DIRECTIVES)).toBeUndefined();
    expect(cache.peek(tenantNamed('acme'), 'two', NO_DIRECTIVES)).toBeUndefined();
    await clock.advance(30 * SECOND);
    expect(cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES)).toBeUndefined();
  });

  describe('a write [N4]', () => {
    it('makes what is kept dead before it is answered, for stale-if-error too', async () => {
      await read();
      await cache.beginWrite('acme').end();
      expect(cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES)).toBeUndefined();
      origin.failure = new Problem('upstream-unavailable');
      await expect(read()).rejects.toBe(origin.failure);
    });

    it('keeps nothing that was being loaded when it began, while it ran, or when it ended', async () => {
      const release = origin.hold();
      const before = read();
      await clock.advance(0);
      const write = cache.beginWrite('acme');
      const during = read({ key: 'two' });
      await clock.advance(0);
      origin.text = 'v2';
      await write.end();
      release();
      await Promise.all([before, during]);
      expect(await Promise.all([text(), text({ key: 'two' })])).toEqual(['v2', 'v2']);
    });

    it('lets no later reader join a call from before', async () => {
      const release = origin.hold();
      const before = text();
      await clock.advance(0);
      origin.text = 'v2';
      await cache.beginWrite('acme').end();
      const after = text();
      await clock.advance(0);
      release();
      expect(await Promise.all([before, after])).toEqual(['v1', 'v2']);
    });

    it('of unknown outcome is answered after a renewal, and nothing is kept until it is settled', async () => {
      const write = cache.beginWrite('acme');
      await write.renew();
      expect(await status()).toBe('stagedoor; fwd=miss');
      origin.text = 'v2';
      expect(await text()).toBe('v2');
      await write.end();
      expect(await status()).toBe('stagedoor; fwd=miss; stored');
    });

    it('stays open until the last of several ends, however often one is ended', async () => {
      const [first, second] = [cache.beginWrite('acme'), cache.beginWrite('acme')];
      await first.end();
      await first.end();
      expect(await status()).toBe('stagedoor; fwd=miss');
      await second.end();
      expect(await status()).toBe('stagedoor; fwd=miss; stored');
    });

    it('of one tenant leaves the others alone [N2]', async () => {
      await read({ tenant: 'globex' });
      await cache.beginWrite('acme').end();
      expect(cache.peek(tenantNamed('globex'), 'one', NO_DIRECTIVES)).toBeDefined();
    });

    it('takes stale-if-error from a reader that waits for Hubster when it is answered', async () => {
      await read();
      await clock.advance(70 * SECOND);
      origin.failure = new Problem('upstream-unavailable');
      const release = origin.hold();
      const reading = expect(read()).rejects.toBe(origin.failure);
      await clock.advance(0);
      await cache.beginWrite('acme').end();
      release();
      await reading;
    });
  });

  it('purges a tenant', async () => {
    await read();
    await read({ tenant: 'globex' });
    await cache.purge('acme');
    expect([
      cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES),
      cache.peek(tenantNamed('globex'), 'one', NO_DIRECTIVES),
    ]).toEqual([undefined, expect.anything()]);
  });

  it('counts reads by result, and a peek when it was taken', async () => {
    await Promise.all([read(), read()]);
    await read();
    cache.peek(tenantNamed('acme'), 'one', NO_DIRECTIVES);
    cache.countPeeked();
    const { values } = await metrics.cacheResults.get();
    const counted = Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]));
    expect(counted).toEqual({ miss: 1, collapsed: 1, memory: 2 });
  });
});
