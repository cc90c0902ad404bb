import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type MeasuredService, startMeasured } from '../event-loop';
import { raw, StubServer } from '../hubster/stub-server';
import { RedisServer } from '../redis-server';

const KEY = 'pQ4vX9tLm2ZsRw7YkBn5HcDf8JgUa6Eo3';
const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const MAX_TRIES = 200;
const POLL_MS = 10;
/** Of the key of an entry; that of an unfinished one has one more. */
const KEY_PARTS = 4;
const LIST = `/api/v1/integrations/hubs/${HUB}/Direct`;

interface Sizes {
  readonly integrations: number;
  /** Characters of the longest text of each. */
  readonly textCharacters: number;
  /** Measured lists of each kind; the first ones compile the code and are not counted. */
  readonly rounds: number;
}

interface Served {
  readonly status: number;
  readonly cacheStatus: string;
  readonly text: string;
  readonly encoding: string | null;
}

/** A list, read by one replica after the other. */
interface SharedList {
  readonly first: Served;
  readonly second: Served;
  /** Calls to Hubster for both. */
  readonly calls: number;
  /** Bytes of the value in Redis. */
  readonly redisBytes: number;
  /** Milliseconds of CPU of the longest tick of each event loop. */
  readonly longestTickMsOf: { readonly first: number; readonly second: number };
}

/** Two replicas with a Redis in front of a Hubster that has one list. */
export async function readLargeLists({ integrations, textCharacters, rounds }: Sizes): Promise<readonly SharedList[]> {
  const [redisServer, hubster] = await Promise.all([RedisServer.start(), StubServer.start()]);
  const redis = new Redis(redisServer.url);
  const list = Buffer.from(
    JSON.stringify(Array.from({ length: integrations }, (_, n) => integration(n, textCharacters))),
  );
  const type = { 'content-type': 'application/json' };
  hubster.portal = [raw(200, '[]', type)];
  const env = environment(hubster.url.href, redisServer.url);
  const replicas = await Promise.all([startMeasured(env), startMeasured(env)]);
  try {
    await Promise.all(replicas.map(isSharing));
    hubster.portal = [raw(200, list, type)];
    const lists: SharedList[] = [];
    for (let tries = 0; lists.length < rounds && tries < 3 * rounds; tries += 1) {
      const list = await readOnce(replicas, hubster, redis);
      if (list) lists.push(list);
    }
    return lists;
  } finally {
    await Promise.all(replicas.map(({ service }) => service.stop()));
    redis.disconnect();
    await Promise.all([hubster.close(), redisServer.close()]);
  }
}

async function readOnce(
  [a, b]: readonly [MeasuredService, MeasuredService],
  hubster: StubServer,
  redis: Redis,
): Promise<SharedList | undefined> {
  await purge(a);
  const old = await redis.keys('*:response:*');
  if (old.length > 0) await redis.del(old);
  const before = hubster.calls.length;
  const first = await measured(a);
  const redisBytes = await bytesOfList(redis);
  if (redisBytes === undefined) return undefined;
  const second = await measured(b);
  return {
    first: first.served,
    second: second.served,
    calls: hubster.calls.length - before,
    redisBytes,
    longestTickMsOf: { first: first.tickMs, second: second.tickMs },
  };
}

/** A replica stores nothing in Redis before messages arrive. */
async function isSharing({ url }: MeasuredService): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if ((await read(url)).cacheStatus.includes('hit')) return;
    await delay(POLL_MS);
  }
  throw new Error('the replica does not share its entries');
}

async function purge({ url }: MeasuredService): Promise<void> {
  await fetch(`${url}/api/v1/cache`, { method: 'DELETE', headers: { 'x-api-key': KEY } });
}

async function measured(replica: MeasuredService): Promise<{ readonly served: Served; readonly tickMs: number }> {
  const all: Served[] = [];
  const tickMs = await replica.longestTickMs(async () => all.push(await read(replica.url)));
  const [served] = all;
  if (!served) throw new Error('nothing was read');
  return { served, tickMs };
}

async function read(url: string): Promise<Served> {
  const response = await fetch(url + LIST, { headers: { 'x-api-key': KEY } });
  const text = await response.text();
  return {
    status: response.status,
    cacheStatus: response.headers.get('cache-status') ?? '',
    encoding: response.headers.get('content-encoding'),
    text,
  };
}

/**
 * Bytes of the value in Redis, as soon as it is complete: the response does not wait for it. Undefined if it was not stored, as on a
 * machine so busy that a command takes over 50 ms.
 */
async function bytesOfList(redis: Redis): Promise<number | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const keys = await redis.keys('*:response:*');
    const [key] = keys;
    if (keys.length === 1 && key?.split(':').length === KEY_PARTS) return redis.strlen(key);
    await delay(POLL_MS);
  }
  return undefined;
}

/** As much varies between two integrations as in Hubster: ids, names, addresses, keys. */
function integration(number: number, textCharacters: number): object {
  return {
    integrationId: randomUUID(),
    hubId: HUB,
    inboundId: randomUUID(),
    integrationTypeId: randomUUID(),
    channelId: 'Direct',
    name: `Front desk ${number}`,
    statusId: 3000,
    configuration: {
      integrationType: 'Agent',
      webhookUrl: `https://bots.example.com/hooks/${number}`,
      start: [`Welcome to desk ${number}`],
      welcomeMessage: 'We are happy to help you. '.repeat(textCharacters / 26),
      publicSigningKey: randomBytes(16).toString('hex'),
      privateSigningKey: randomBytes(32).toString('hex'),
    },
  };
}

function environment(hubster: string, redis: string): Readonly<Record<string, string>> {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    HUBSTER_PORTAL_URL: hubster,
    HUBSTER_IDENTITY_URL: hubster,
    HUBSTER_CLIENT_ID: 'large-lists',
    HUBSTER_CLIENT_SECRET: 'Hq4ZtW8mXb2RnVc7JyKd5LgSf9PuTa3E',
    STAGEDOOR_API_KEY: KEY,
    SECRET_KEY: 'R7mKx2Qv9HbWt4YcZn8LdJg6SfPuEa5To1',
    REDIS_URL: redis,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'pretty',
  };
}
