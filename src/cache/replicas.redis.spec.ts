import { OPTIONS, Origin, resource, tenantNamed } from '../../test/support/cache/origin';
import { ManualClock } from '../../test/support/manual-clock';
import { RedisServer } from '../../test/support/redis-server';
import { type Clock, SystemClock } from '../clock/clock';
import { Metrics } from '../observability/metrics/metrics';
import { Problem } from '../problems/problem';
import type { Redis } from '../redis/redis';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { composeResponseCache } from './cache.module';
import { type CacheRead, NO_DIRECTIVES } from './cache-read';
import { EVERYTHING } from './generations/tenant-changes';
import type { ResponseCache } from './response-cache';

const clock = new SystemClock();

interface Replica {
  readonly cache: ResponseCache;
  readonly redis: Redis;
  text(changes?: Partial<CacheRead>): Promise<string>;
  status(changes?: Partial<CacheRead>): Promise<string>;
}

describe('replicas over a real Redis', () => {
  let server: RedisServer;
  let origin: Origin;
  let replicas: Replica[];

  beforeEach(async () => {
    server = await RedisServer.start();
    origin = new Origin();
    replicas = [];
  });

  afterEach(() => server.close());

  async function start(cacheClock: Clock = clock): Promise<Replica> {
    const metrics = new Metrics();
    const redis = await server.connect(metrics);
    const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
    const cache = composeResponseCache({ options: OPTIONS, clock: cacheClock, keys, metrics, redis });
    const read = (changes?: Partial<CacheRead>) => cache.read(origin.request(cacheClock, changes));
    const replica: Replica = {
      cache,
      redis,
      text: async (changes) => (await read(changes)).response.body.toString(),
      status: async (changes) => (await read(changes)).cacheStatus,
    };
    replicas.push(replica);
    // Until messages arrive, every read goes to Redis first; the tests start after that.
    const other = new Origin();
    await until(async () => {
      await cache.read(other.request(cacheClock, { tenant: 'warm-up' }));
      return cache.peek(tenantNamed('warm-up'), resource('one'), NO_DIRECTIVES) !== undefined;
    });
    return replica;
  }

  /** Polls, as no event exists to wait for; Jest's time limit applies. */
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await clock.sleep(5);
  }

  const isTrusting = ({ cache }: Replica) =>
    cache.peek(tenantNamed('acme'), resource('one'), NO_DIRECTIVES) !== undefined;

  it('serve entries that the other replica has stored', async () => {
    const [a, b] = [await start(), await start()];
    expect(await a.status()).toBe('stagedoor; fwd=miss; stored');
    expect(await b.status()).toMatch(/^stagedoor; hit; ttl=\d+$/);
    expect(origin.calls).toBe(1);
  });

  it('call Hubster once for 1,000 concurrent callers', async () => {
    const [a, b] = [await start(), await start()];
    const unblock = origin.block();
    const texts = Array.from({ length: 1_000 }, (_, caller) => (caller % 2 ? a : b).text());
    await until(() => origin.calls > 0);
    await clock.sleep(100);
    unblock();
    expect(new Set(await Promise.all(texts))).toEqual(new Set(['v1']));
    expect(origin.calls).toBe(1);
  });

  it('call Hubster themselves when the other replica takes over a second', async () => {
    const [a, b] = [await start(), await start()];
    const unblock = origin.block();
    const slow = a.text();
    await until(() => origin.calls === 1);
    const impatient = b.text();
    await until(() => origin.calls === 2);
    unblock();
    expect(await Promise.all([slow, impatient])).toEqual(['v1', 'v1']);
  });

  it('release the refresh lock after a failure', async () => {
    const a = await start();
    origin.failure = new Problem('upstream-error');
    await expect(a.text()).rejects.toBe(origin.failure);
    expect(await a.redis.run((commands) => commands.keys('*:turn:*'))).toEqual([]);
  });

  it('receive the message about a write of the other replica [N4]', async () => {
    // On a clock that does not advance, no confirmation expires: only a message can end the trust.
    const [a, b] = [await start(), await start(new ManualClock())];
    await a.text();
    await until(async () => (await b.text()) === 'v1' && isTrusting(b));
    origin.text = 'v2';
    await a.cache.beginWrite('acme', EVERYTHING).complete();
    expect(await a.text()).toBe('v2');
    await until(() => !isTrusting(b));
    expect(await b.text()).toBe('v2');
  });

  it('serve no entry that was replaced during an outage, even if the writing replica has stopped [N4]', async () => {
    const [a, b] = [await start(), await start()];
    await a.text();
    await b.text();
    server.pause();
    // Writes make both notice the outage; Redis executes the commands sent so far when it resumes.
    for (const { cache } of [a, b]) {
      await Promise.all(Array.from({ length: 5 }, () => cache.beginWrite('globex', EVERYTHING).complete()));
    }
    expect([a, b].map(({ redis }) => redis.isAvailable)).toEqual([false, false]);
    origin.text = 'v2';
    await a.cache.beginWrite('acme', EVERYTHING).complete();
    expect(await a.text()).toBe('v2');
    await a.redis.close();
    const back = new Promise<void>((resolve) => b.redis.onReconnected(() => resolve()));
    server.resume();
    await back;
    expect(await b.text()).toBe('v2');
  });

  it('respond while Redis is paused, flushed or killed, and afterwards [N6]', async () => {
    const a = await start();
    const read = (key: string) => a.text({ key });
    server.pause();
    expect(await Promise.all(['1', '2', '3', '4', '5', '6'].map(read))).toEqual(Array(6).fill('v1'));
    server.resume();
    await server.send('FLUSHALL');
    expect(await read('7')).toBe('v1');
    await server.kill();
    expect(await read('8')).toBe('v1');
    await server.start();
    await until(() => a.redis.isAvailable);
    expect(await read('9')).toBe('v1');
  });

  it('replace generations in a full Redis [N4]', async () => {
    const [a, b] = [await start(), await start()];
    await a.text();
    await until(async () => (await b.text()) === 'v1' && isTrusting(b));
    await server.send('CONFIG SET maxmemory 1');
    origin.text = 'v2';
    await a.cache.beginWrite('acme', EVERYTHING).complete();
    await until(() => !isTrusting(b));
    expect(await Promise.all([a.text(), b.text()])).toEqual(['v2', 'v2']);
  });
});
