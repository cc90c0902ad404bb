import { join } from 'node:path';
import { Redis } from 'ioredis';
import { one, type Scale } from './benchmarks';
import { median, type Row } from './figures';
import { timed } from './load';
import { idOf } from './peers/integrations';
import { BENCH_SECRET_KEY, type Servers } from './servers';

const DIST = join(__dirname, '..');
/** No entry fits, so each read is a hit in Redis. */
const NO_MEMORY_BYTES = 1;
/** Number of keys that are read from the cache without HTTP. */
const KEYS = 100;
const AN_HOUR_MS = 3_600_000;

interface Cache {
  read(request: object): Promise<{ readonly cacheStatus: string }>;
}

/**
 * Hits in Redis with an empty memory tier, compared in three ways: the cache without HTTP with an ioredis GET of the same bytes; the service
 * with a bare server that makes this GET; and the service with the GET, which shows the share of HTTP.
 */
export async function redisHits(servers: Servers, { pairs: rounds, requests }: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub();
  const url = await servers.redis();
  const stagedoor = await servers.stagedoor(stub, { REDIS_URL: url, CACHE_MEMORY_MB: '1' });
  const redis = new Redis(url);
  const response = await fetch(stagedoor.url + one(1), { headers: servers.headers });
  const value = await response.clone().text();
  const count = Math.max(2_000, requests);
  for (let index = 0; index < count; index += 1) {
    await timed(stagedoor.url + one(index), servers.headers);
    await redis.set(`bench:${idOf(index)}`, value);
  }
  const reader = await servers.redisReader(response, one(0), url);
  const { read, close } = await openCache(url, value);
  const ratios = { cache: [] as number[], reader: [] as number[], get: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const [through, bare, direct, within]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let index = 0; index < count; index += 1) {
      through.push((await timed(stagedoor.url + one(index), servers.headers)).ms);
      bare.push((await timed(reader.url + one(index), servers.headers)).ms);
      const began = performance.now();
      await redis.getBuffer(`bench:${idOf(index)}`);
      direct.push(performance.now() - began);
      within.push((await read(index % KEYS)).ms);
    }
    ratios.cache.push(median(within) / median(direct));
    ratios.get.push(median(through) / median(direct));
    ratios.reader.push(median(through) / median(bare));
  }
  redis.disconnect();
  await close();
  await servers.stop(stagedoor, reader, stub);
  return [
    { name: 'Redis hit, the cache alone / bare ioredis GET, p50', unit: 'ratio', values: ratios.cache, goal: '≤ 2.5' },
    { name: 'Redis hit / bare node:http with an ioredis GET, p50', unit: 'ratio', values: ratios.reader, goal: '' },
    { name: 'Redis hit over HTTP / bare ioredis GET, p50', unit: 'ratio', values: ratios.get, goal: '' },
  ];
}

/** The cache of the built service without HTTP; `read` returns whether the read was a hit and its duration. */
async function openCache(url: string, text: string) {
  const [{ composeResponseCache }, { NO_DIRECTIVES }, { SystemClock }, { Deadline }, { Metrics }, { createLogger }] =
    await Promise.all(
      [
        'cache/cache.module',
        'cache/cache-read',
        'clock/clock',
        'context/request-context',
        'observability/metrics',
        'observability/log/logger',
      ].map((path) => import(join(DIST, `${path}.js`))),
    );
  const [{ RedisConnection }, { SecretKeys }, { Secret }, { readConfig }] = await Promise.all(
    ['redis/redis-connection', 'secrets/secret-keys', 'secrets/secret', 'config/environment/read-config'].map(
      (path) => import(join(DIST, `${path}.js`)),
    ),
  );
  const [clock, metrics] = [new SystemClock(), new Metrics()];
  const logger = createLogger({ level: 'warn', format: 'json' });
  const redis = new RedisConnection(readConfig({ REDIS_URL: url }).redis, clock, metrics, logger);
  await redis.open();
  const lifetimes = { freshMs: AN_HOUR_MS, listFreshMs: AN_HOUR_MS, staleMs: 0, errorStaleMs: 0 };
  const options = { ...lifetimes, memoryBytes: NO_MEMORY_BYTES };
  const keys = new SecretKeys(Secret.of(BENCH_SECRET_KEY));
  const cache: Cache = composeResponseCache({ options, clock, keys, metrics, redis });
  const read = async (key: number): Promise<{ readonly isHit: boolean; readonly ms: number }> => {
    const began = performance.now();
    const { cacheStatus } = await cache.read({
      ...{
        tenant: 't0',
        visibility: 'all',
        key: String(key),
        kind: 'one',
        directives: NO_DIRECTIVES,
        deadline: Deadline.after(clock, 8_000),
      },
      load: async () => ({ status: 200, body: Buffer.from(text), headers: {} }),
      mayServeStale: () => false,
      isOverload: () => false,
    });
    return { isHit: cacheStatus.includes('; hit'), ms: performance.now() - began };
  };
  // Until messages arrive, no generation is trusted and every read is a miss.
  for (let key = 0; key < KEYS; key += 1) while (!(await read(key)).isHit);
  return { read, close: () => redis.close() };
}
