import { SystemClock } from '../../src/clock/clock';
import { MemoryIdempotencyStore } from '../../src/idempotency/memory-idempotency-store';
import { RedisIdempotencyStore } from '../../src/idempotency/redis-idempotency-store';
import { createLogger } from '../../src/observability/logger';
import { Metrics } from '../../src/observability/metrics';
import { RedisConnection } from '../../src/redis/redis-connection';
import { Secret } from '../../src/secrets/secret';
import { ManualClock } from '../support/manual-clock';
import { RedisServer } from '../support/redis-server';
import { idempotencyStoreContract } from './idempotency-store.contract';

describe('memory', () => {
  let clock: ManualClock;
  let store: MemoryIdempotencyStore;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryIdempotencyStore(clock);
  });

  idempotencyStoreContract('MemoryIdempotencyStore', () => ({ store, pass: (ms) => clock.advance(ms) }));

  it('N2: a tenant that has used up its share is refused alone, and no key of its is forgotten', async () => {
    for (let n = 0; n < 10_000; n += 1) await store.claim({ tenant: 'acme', id: `${n}` }, 'text');
    await expect(store.claim({ tenant: 'acme', id: 'one more' }, 'text')).rejects.toMatchObject({
      code: 'idempotency-unavailable',
    });
    expect(await store.claim({ tenant: 'acme', id: '0' }, 'again')).toBe('text');
    expect(await store.claim({ tenant: 'globex', id: 'first' }, 'text')).toBeUndefined();
  });
});

describe('Redis', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let store: RedisIdempotencyStore;

  beforeAll(async () => {
    server = await RedisServer.start();
    const logger = createLogger({ level: 'silent', format: 'json' });
    redis = new RedisConnection({ url: Secret.of(server.url) }, new SystemClock(), new Metrics(), logger);
    await redis.open();
    store = new RedisIdempotencyStore(redis);
  });
  beforeEach(() => server.send('FLUSHALL'));
  afterAll(async () => {
    await redis.close();
    await server.kill();
  });

  /** Redis has a clock of its own: instead of waiting, what is left of each key is shortened. */
  const pass = async (ms: number) => {
    await redis.run(async (commands) => {
      for (const name of await commands.keys('*')) await commands.pexpire(name, (await commands.pttl(name)) - ms);
    });
  };

  idempotencyStoreContract('RedisIdempotencyStore', () => ({ store, pass }));

  it('S-760: refuses while Redis is away', async () => {
    await server.kill();
    const refused = { code: 'idempotency-unavailable' };
    await expect(store.claim({ tenant: 'acme', id: 'a' }, 'text')).rejects.toMatchObject(refused);
    await expect(store.swap({ tenant: 'acme', id: 'a' }, 'text', 'next')).rejects.toMatchObject(refused);
  });
});
