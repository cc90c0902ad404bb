import { randomBytes } from 'node:crypto';
import { ResponseBody } from '../../src/cache/entry';
import { EntryCodec } from '../../src/cache/stores/entry-codec';
import { MemoryCacheStore } from '../../src/cache/stores/memory-cache-store';
import { RedisCacheStore } from '../../src/cache/stores/redis-cache-store';
import type { Redis } from '../../src/redis/redis';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { ManualClock } from '../support/manual-clock';
import { RedisServer } from '../support/redis-server';
import { cacheStoreContract } from './cache-store.contract';

const MIB = 1024 * 1024;

describe('memory', () => {
  let clock: ManualClock;
  let store: MemoryCacheStore;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryCacheStore(2 * 1024 * 1024);
  });

  cacheStoreContract('MemoryCacheStore', () => ({ store, clock }));
});

describe('Redis', () => {
  const clock = new ManualClock();
  const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
  let server: RedisServer;
  let redis: Redis;
  let store: RedisCacheStore;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = await server.connect();
    store = new RedisCacheStore(redis, new EntryCodec(keys, clock), clock);
  });

  beforeEach(() => server.send('FLUSHALL'));

  afterAll(() => server.close());

  cacheStoreContract('RedisCacheStore', () => ({ store, clock }));

  describe('RedisCacheStore', () => {
    const cacheKey = { tenant: 'acme', visibility: 'all', generation: 'g1', key: 'key' };
    const response = {
      status: 200,
      body: new ResponseBody(Buffer.from('of acme')),
      etag: '"tag"',
      headers: {},
    } as const;
    const entry = { response, loadedAt: clock.monotonic(), freshMs: 60_000, staleMs: 0, errorStaleMs: 0 };
    const names = () => redis.run((commands) => commands.keys('*'));

    it('tags Redis keys with the tenant, so that a tenant stays in one slot, and hashes the cache key', async () => {
      await store.set(cacheKey, { ...entry });
      expect(await names()).toEqual([expect.stringMatching(/^stagedoor:\{acme\}:response:[\w-]{22}$/)]);
    });

    it('replaces the value of an earlier generation, so that dead entries do not accumulate', async () => {
      for (const generation of ['g1', 'g2', 'g3']) await store.set({ ...cacheKey, generation }, entry);
      expect(await names()).toHaveLength(1);
      expect(await store.get({ ...cacheKey, generation: 'g3' })).toBeDefined();
    });

    it('sets the remaining lifetime as the TTL in Redis', async () => {
      await store.set(cacheKey, {
        ...entry,
        loadedAt: clock.monotonic() - 20_000,
        staleMs: 5_000,
        errorStaleMs: 1_000,
      });
      const [name = ''] = await names();
      const ttl = await redis.run((commands) => commands.pttl(name));
      expect(Math.ceil(ttl / 1_000)).toBe(45);
    });

    it('stores no expired entry, and none above 8 MiB', async () => {
      await store.set(cacheKey, { ...entry, loadedAt: clock.monotonic() - 60_000 });
      await store.set(cacheKey, {
        ...entry,
        response: { ...response, body: new ResponseBody(Buffer.alloc(8 * 1024 * 1024 + 1)) },
      });
      expect(await names()).toEqual([]);
    });

    describe('a large value', () => {
      const large = (text: Buffer) => ({ ...entry, response: { ...response, body: new ResponseBody(text) } });
      const repeated = Buffer.alloc(8 * MIB, 'integration ');
      const random = randomBytes(1.5 * MIB);
      const bodyOf = async () => (await store.get(cacheKey))?.response.body.bytes;

      it('is compressed', async () => {
        await store.set(cacheKey, large(repeated));
        const [name = ''] = await names();
        expect(await redis.run((commands) => commands.strlen(name))).toBeLessThan(MIB / 16);
        expect((await bodyOf())?.equals(repeated)).toBe(true);
      });

      it('is transferred in pieces under one key, with the lifetime of the entry [S-815]', async () => {
        await store.set(cacheKey, large(random));
        const [name = '', ...others] = await names();
        expect(others).toEqual([]);
        expect(Math.ceil((await redis.run((commands) => commands.pttl(name))) / 1_000)).toBe(60);
        expect((await bodyOf())?.equals(random)).toBe(true);
      });

      it('does not replace what was stored after it', async () => {
        const storing = store.set(cacheKey, large(random));
        await store.set(cacheKey, entry);
        await storing;
        // A difference of megabytes would be printed.
        expect((await bodyOf())?.equals(Buffer.from('of acme'))).toBe(true);
      });

      it('is not stored if the key was deleted meanwhile', async () => {
        const storing = store.set(cacheKey, large(random));
        await store.delete(cacheKey);
        await storing;
        expect(await bodyOf()).toBeUndefined();
      });

      it('is a miss if a piece of it is missing [N6]', async () => {
        await store.set(cacheKey, large(random));
        const [name = ''] = await names();
        const value = await redis.run((commands) => commands.getrangeBuffer(name, 0, MIB));
        await redis.run((commands) => commands.set(name, value));
        expect(await bodyOf()).toBeUndefined();
      });

      it('is a miss if it does not end [N6]', async () => {
        await store.set(cacheKey, entry);
        const [name = ''] = await names();
        await redis.run((commands) => commands.setrange(name, 12 * MIB, 'end'));
        expect(await bodyOf()).toBeUndefined();
      });

      it('of an interrupted writer expires within 10 s', async () => {
        const lost = store.set(cacheKey, large(random));
        while ((await names()).length === 0);
        await store.delete(cacheKey);
        await lost;
        const [draft = ''] = await names();
        const ttl = await redis.run((commands) => commands.pttl(draft));
        expect([ttl > 0, ttl <= 10_000]).toEqual([true, true]);
      });

      it('is one of at most eight at once, so that their memory is limited', async () => {
        const stored = Array.from({ length: 12 }, (_, index) =>
          store.set({ ...cacheKey, key: `key ${index}` }, large(random)),
        );
        await Promise.all(stored);
        // One that is encoded late may find that another has ended.
        const { length } = await names();
        expect([length >= 8, length < 12]).toEqual([true, true]);
      });
    });

    it.each([
      ['another tenant', { tenant: 'globex' }],
      ['another visibility', { visibility: 'one hub' }],
      ['another key', { key: 'other' }],
    ])('treats a value that was moved from %s as a miss [N2]', async (_name, change) => {
      const other = { ...cacheKey, ...change };
      await store.set(cacheKey, entry);
      const [source = ''] = await names();
      await store.set(other, entry);
      const target = (await names()).find((name) => name !== source) ?? '';
      await redis.run((commands) => commands.copy(source, target, 'REPLACE'));
      expect(await store.get(other)).toBeUndefined();
      expect(await store.get(cacheKey)).toBeDefined();
    });

    it.each([
      ['empty', () => Buffer.alloc(0)],
      ['too short', () => Buffer.alloc(35)],
      ['garbage', () => Buffer.alloc(400, 7)],
      ['cut off', (value: Buffer) => value.subarray(0, -1)],
      ['one bit off in the body', (value: Buffer) => flip(value, value.length - 1)],
      ['one bit off in the head', (value: Buffer) => flip(value, 40)],
      ['one bit off in the mac', (value: Buffer) => flip(value, 0)],
    ])('treats a corrupt value (%s) as a miss [N6]', async (_name, corrupt) => {
      await store.set(cacheKey, entry);
      const [name = ''] = await names();
      const value = await redis.run((commands) => commands.getBuffer(name));
      await redis.run((commands) => commands.set(name, corrupt(value ?? Buffer.alloc(0))));
      expect(await store.get(cacheKey)).toBeUndefined();
    });

    it('treats a value of another Redis type as a miss', async () => {
      await store.set(cacheKey, entry);
      const [name = ''] = await names();
      await redis.run((commands) => commands.del(name));
      await redis.run((commands) => commands.lpush(name, 'x'));
      expect(await store.get(cacheKey)).toBeUndefined();
    });
  });
});

function flip(value: Buffer, at: number): Buffer {
  const copy = Buffer.from(value);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
