import { KEPT_MS, MAX_TEXT_LENGTH } from '../../src/idempotency/idempotency-store';
import { MemoryIdempotencyStore } from '../../src/idempotency/memory-idempotency-store';
import { RedisIdempotencyStore } from '../../src/idempotency/redis-idempotency-store';
import type { Redis } from '../../src/redis/redis';
import { ManualClock } from '../support/manual-clock';
import { RedisServer } from '../support/redis-server';
import { idempotencyStoreContract } from './idempotency-store.contract';

/** The span of keys that Redis counts together, as they expire together. */
const COUNT_SPAN_MS = 30 * 60 * 1000;

const AGE = `
for _, name in ipairs(redis.call('KEYS', '*')) do
  redis.call('PEXPIRE', name, redis.call('PTTL', name) - ARGV[1])
  if redis.call('TYPE', name).ok == 'hash' then
    local counts = redis.call('HGETALL', name)
    redis.call('HDEL', name, unpack(redis.call('HKEYS', name)))
    for i = 1, #counts, 2 do redis.call('HSET', name, counts[i] - ARGV[2], counts[i + 1]) end
    redis.call('PEXPIRE', name, 90000000)
  end
end`;

describe('memory', () => {
  let clock: ManualClock;
  let store: MemoryIdempotencyStore;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryIdempotencyStore(clock);
  });

  idempotencyStoreContract('MemoryIdempotencyStore', () => ({
    store,
    smallStore: new MemoryIdempotencyStore(clock, 64 * MAX_TEXT_LENGTH),
    pass: (ms) => clock.advance(ms),
  }));

  it('stays within its limit of bytes with many tenants and callers', async () => {
    const maxBytes = 64 * MAX_TEXT_LENGTH;
    const small = new MemoryIdempotencyStore(clock, maxBytes);
    for (let n = 0; n < 2_000; n += 1) {
      const key = { tenant: `t${n % 7}`, caller: `c${n % 3}`, ids: [`${n}`] };
      const isClaimed = await small.claim(key, ['running']).then(
        () => true,
        () => false,
      );
      if (isClaimed) await small.swap(key, ['running'], ['x'.repeat(n)], n % 2 ? 'completed' : 'rejected');
      expect(small.bytes).toBeLessThanOrEqual(maxBytes);
    }
    await clock.advance(KEPT_MS);
    await small.claim({ tenant: 'acme', caller: 'c', ids: ['last'] }, ['text']);
    expect(small.bytes).toBeLessThan(2 * MAX_TEXT_LENGTH);
  });

  it.each([
    ['10,000 responses of 1.2 KB', 10_000, 1_200, 'completed'],
    ['10,050 rejections', 10_050, 800, 'rejected'],
  ] as const)('keeps %s of one caller, and accepts keys of others [S-760]', async (_what, keys, length, finality) => {
    for (let n = 0; n < keys; n += 1) {
      const key = { tenant: 'acme', caller: 'billing', ids: [`${n}`] };
      expect(await store.claim(key, ['running'])).toBeUndefined();
      await store.swap(key, ['running'], ['x'.repeat(length)], finality);
    }
    expect(await store.claim({ tenant: 'acme', caller: 'other', ids: ['first'] }, ['running'])).toBeUndefined();
  });
});

describe('Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let store: RedisIdempotencyStore;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = await server.connect();
    store = new RedisIdempotencyStore(redis);
  });
  beforeEach(() => server.send('FLUSHALL'));
  afterAll(() => server.close());

  const usedMemory = async (): Promise<number> => {
    const info = await redis.run((commands) => commands.info('memory'));
    return Number(/used_memory:(\d+)/.exec(info)?.[1]);
  };

  /** Redis has its own clock, so the TTLs of all keys are shortened and the expiry times of the counts are moved instead. */
  const pass = async (ms: number) => {
    await redis.run((commands) => commands.eval(AGE, 0, ms, Math.floor(ms / COUNT_SPAN_MS)));
  };

  idempotencyStoreContract('RedisIdempotencyStore', () => ({
    store,
    smallStore: new RedisIdempotencyStore(redis, 40 * MAX_TEXT_LENGTH),
    pass,
  }));

  it.each([MAX_TEXT_LENGTH, 2000, 100])(
    'bounds the bytes of a tenant, whatever it fills them with: %d a key [N2]',
    async (length) => {
      const maxBytes = 32 * MAX_TEXT_LENGTH;
      const small = new RedisIdempotencyStore(redis, maxBytes);
      const before = await usedMemory();
      let kept = 0;
      for (let caller = 0; caller < 10; caller += 1) {
        for (let isFull = false; !isFull; kept += 1) {
          const key = { tenant: 'acme', caller: `${caller}`, ids: [`${kept}`] };
          isFull = await small.claim(key, ['running']).then(
            () => false,
            () => true,
          );
          await small.swap(key, ['running'], ['x'.repeat(length)], 'completed');
        }
      }
      const bytes = (await usedMemory()) - before;
      expect(bytes).toBeLessThan(1.5 * maxBytes);
      expect(kept * (length + 300)).toBeGreaterThan(maxBytes / 2);
    },
  );

  it('rejects while Redis is unavailable [S-760]', async () => {
    await server.kill();
    const location = { tenant: 'acme', caller: 'billing', ids: ['a'] };
    const rejection = { code: 'idempotency-unavailable' };
    await expect(store.claim(location, ['text'])).rejects.toMatchObject(rejection);
    await expect(store.swap(location, ['text'], ['next'])).rejects.toMatchObject(rejection);
  });
});
