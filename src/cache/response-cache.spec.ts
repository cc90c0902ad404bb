import { OPTIONS, Origin, resource, SECOND, tenantNamed } from '../../test/support/cache/origin';
import { ManualClock } from '../../test/support/manual-clock';
import { Metrics } from '../observability/metrics/metrics';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { composeResponseCache } from './cache.module';
import { type CacheRead, type CacheResult, NO_DIRECTIVES } from './cache-read';
import { EVERYTHING } from './generations/tenant-changes';
import type { ResponseCache } from './response-cache';

const NO_CACHE = { ...NO_DIRECTIVES, noCache: true };

describe('ResponseCache', () => {
  let clock: ManualClock;
  let origin: Origin;
  let cache: ResponseCache;
  let metrics: Metrics;

  beforeEach(() => {
    // Without jitter, for exact seconds; `entry.spec.ts` tests the jitter.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    clock = new ManualClock();
    origin = new Origin();
    metrics = new Metrics();
    const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
    cache = composeResponseCache({ options: OPTIONS, clock, keys, metrics });
  });

  afterEach(() => jest.restoreAllMocks());

  const read = (changes?: Partial<CacheRead>) => cache.read(origin.request(clock, changes));
  const textOf = ({ response }: CacheResult) => response.body.toString();
  const text = (changes?: Partial<CacheRead>) => read(changes).then(textOf);
  const status = (changes?: Partial<CacheRead>) => read(changes).then(({ cacheStatus }) => cacheStatus);

  it('returns the same fresh entry from peek and read', async () => {
    await read();
    await clock.advance(17.5 * SECOND);
    expect(cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES)).toEqual(await read());
  });

  it('keeps an integration fresh for 30 s, a list for 15 s, a 404 for 5 s [S-405, S-752]', async () => {
    const statusAfter = async (changes: Partial<CacheRead>, freshMs: number) => {
      await read(changes);
      await clock.advance(freshMs);
      expect(await status(changes)).toBe('stagedoor; hit; ttl=0');
      await clock.advance(1);
      return status(changes);
    };
    expect(await statusAfter({}, 30 * SECOND - 1)).toContain('stale-while-revalidate');
    expect(await statusAfter({ kind: 'list', key: 'list' }, 15 * SECOND - 1)).toContain('stale-while-revalidate');
    origin.status = 404;
    expect(await statusAfter({ key: 'absent' }, 5 * SECOND - 1)).toBe('stagedoor; fwd=stale; stored');
  });

  it('never serves a 404 stale, even when Hubster fails', async () => {
    origin.status = 404;
    await read();
    await clock.advance(6 * SECOND);
    origin.failure = new Problem('upstream-unavailable');
    await expect(read()).rejects.toBe(origin.failure);
  });

  it('reloads an entry that it serves stale once, in the background', async () => {
    await read();
    await clock.advance(31 * SECOND);
    origin.text = 'v2';
    expect(await Promise.all([text(), text(), text()])).toEqual(['v1', 'v1', 'v1']);
    await clock.advance(0);
    expect(await text()).toBe('v2');
    expect(origin.calls).toBe(2);
  });

  it.each(['upstream-forbidden', 'not-found'] as const)(
    'serves nothing stale after %s, nor on later failures',
    async (code) => {
      await read();
      await clock.advance(70 * SECOND);
      origin.failure = new Problem(code);
      await expect(read()).rejects.toBe(origin.failure);
      origin.failure = new Problem('upstream-unavailable');
      await expect(read()).rejects.toBe(origin.failure);
    },
  );

  it('serves nothing that has been stale for over 5 min', async () => {
    await read();
    await clock.advance(330 * SECOND);
    origin.failure = new Problem('upstream-unavailable');
    await expect(read()).rejects.toBe(origin.failure);
  });

  it('serves nothing stale to a no-cache request, and keeps the entry', async () => {
    await read();
    origin.failure = new Problem('upstream-unavailable');
    await expect(read({ directives: NO_CACHE })).rejects.toBe(origin.failure);
    expect(await text()).toBe('v1');
  });

  it('serves no-cache from a new call, not from an earlier one, and stores the newer response', async () => {
    const unblock = origin.block();
    const slow = text();
    await clock.advance(0);
    origin.text = 'v2';
    const fresh = text({ directives: NO_CACHE });
    await clock.advance(0);
    unblock();
    expect(await Promise.all([slow, fresh])).toEqual(['v1', 'v2']);
    expect(await text()).toBe('v2');
  });

  it('separates tenants, in responses and entity tags [N2]', async () => {
    const acme = await read();
    origin.text = 'v1';
    expect(await status({ tenant: 'globex' })).toBe('stagedoor; fwd=miss; stored');
    const globex = await read({ tenant: 'globex' });
    expect(textOf(globex)).toBe(textOf(acme));
    expect(globex.response.etag).not.toBe(acme.response.etag);
    expect(acme.response.etag).toMatch(/^"[\w-]{22}"$/);
  });

  it('throws upstream-timeout when the deadline of the caller ends, and stores the later response', async () => {
    const unblock = origin.block();
    const failed = expect(read()).rejects.toMatchObject({ code: 'upstream-timeout' });
    await clock.advance(8 * SECOND);
    await failed;
    unblock();
    await clock.advance(0);
    expect(cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES)).toBeDefined();
  });

  it('serves stale when the deadline of the caller ends', async () => {
    await read();
    await clock.advance(70 * SECOND);
    origin.block();
    const stale = status();
    await clock.advance(8 * SECOND);
    expect(await stale).toContain('stale-if-error');
  });

  it('peeks at fresh entries of the tenant and key only', async () => {
    expect(cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES)).toBeUndefined();
    await read();
    expect(cache.peek(tenantNamed('globex'), resource('one'), NO_DIRECTIVES)).toBeUndefined();
    expect(cache.peek(tenantNamed('acme'), resource('two'), NO_DIRECTIVES)).toBeUndefined();
    await clock.advance(30 * SECOND);
    expect(cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES)).toBeUndefined();
  });

  describe('an in-flight write [N4]', () => {
    it('makes entries unusable before it completes, also for stale-if-error', async () => {
      await read();
      await cache.beginWrite('acme', EVERYTHING).complete();
      expect(cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES)).toBeUndefined();
      origin.failure = new Problem('upstream-unavailable');
      await expect(read()).rejects.toBe(origin.failure);
    });

    it('prevents storing of responses that were being loaded at its begin or at its end', async () => {
      const unblock = origin.block();
      const before = read();
      await clock.advance(0);
      const write = cache.beginWrite('acme', EVERYTHING);
      const during = read({ key: 'two' });
      await clock.advance(0);
      origin.text = 'v2';
      await write.complete();
      unblock();
      await Promise.all([before, during]);
      expect(await Promise.all([text(), text({ key: 'two' })])).toEqual(['v2', 'v2']);
    });

    it('keeps later reads from joining an earlier call', async () => {
      const unblock = origin.block();
      const before = text();
      await clock.advance(0);
      origin.text = 'v2';
      await cache.beginWrite('acme', EVERYTHING).complete();
      const after = text();
      await clock.advance(0);
      unblock();
      expect(await Promise.all([before, after])).toEqual(['v1', 'v2']);
    });

    it('prevents storing after its invalidation until its unknown outcome is reconciled', async () => {
      const write = cache.beginWrite('acme', EVERYTHING);
      await write.invalidate();
      expect(await status()).toBe('stagedoor; fwd=miss');
      origin.text = 'v2';
      expect(await text()).toBe('v2');
      await write.complete();
      expect(await status()).toBe('stagedoor; fwd=miss; stored');
    });

    it('prevents storing until the last of several completes, even if one completes twice', async () => {
      const [first, second] = [cache.beginWrite('acme', EVERYTHING), cache.beginWrite('acme', EVERYTHING)];
      await first.complete();
      await first.complete();
      expect(await status()).toBe('stagedoor; fwd=miss');
      await second.complete();
      expect(await status()).toBe('stagedoor; fwd=miss; stored');
    });

    it('does not affect other tenants [N2]', async () => {
      await read({ tenant: 'globex' });
      await cache.beginWrite('acme', EVERYTHING).complete();
      expect(cache.peek(tenantNamed('globex'), resource('one'), NO_DIRECTIVES)).toBeDefined();
    });

    it('makes the stale entry unusable for a read that waits for Hubster', async () => {
      await read();
      await clock.advance(70 * SECOND);
      origin.failure = new Problem('upstream-unavailable');
      const unblock = origin.block();
      const reading = expect(read()).rejects.toBe(origin.failure);
      await clock.advance(0);
      await cache.beginWrite('acme', EVERYTHING).complete();
      unblock();
      await reading;
    });
  });

  it('purges the entries of one tenant', async () => {
    await read();
    await read({ tenant: 'globex' });
    await cache.purge('acme');
    expect([
      cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES),
      cache.peek(tenantNamed('globex'), resource('one'), NO_DIRECTIVES),
    ]).toEqual([undefined, expect.anything()]);
  });

  it('counts reads by result, and a peek only by countPeeked', async () => {
    await Promise.all([read(), read()]);
    await read();
    cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES);
    cache.countPeeked();
    const { values } = await metrics.cacheResults.get();
    const counted = Object.fromEntries(
      values.flatMap(({ labels, value }) => (value > 0 ? [[labels.result, value]] : [])),
    );
    expect(counted).toEqual({ miss: 1, collapsed: 1, memory: 2 });
  });
});
