import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from '../../src/redis/redis';
import type { RedisServer } from '../support/redis-server';
import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const ROUNDS = 5;
const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

interface Rejection {
  /** In `degraded` of /health/ready, and in the log. */
  readonly reason: string;
  readonly event: string;
  /** Makes the Redis of all replicas refuse; returns the URL that the replicas have. */
  readonly prepare: (redis: RedisServer) => Promise<string>;
}

const REJECTIONS: readonly (readonly [string, Rejection])[] = [
  [
    'a user without a command',
    {
      reason: 'permission',
      event: 'redis.refused',
      prepare: async (redis) => {
        await redis.send('ACL SETUSER app on >of-the-app-4711 ~* &* +@all -zadd -set');
        return redis.url.replace('//', '//app:of-the-app-4711@');
      },
    },
  ],
  [
    'a full Redis (noeviction)',
    {
      reason: 'oom',
      event: 'redis.refused',
      prepare: (redis) => redis.send('CONFIG SET maxmemory 1').then(() => redis.url),
    },
  ],
  [
    'a replica, which takes no writes',
    {
      reason: 'readonly',
      event: 'redis.refused',
      prepare: (redis) => redis.send('REPLICAOF 127.0.0.1 1').then(() => redis.url),
    },
  ],
  [
    'another password',
    {
      reason: 'auth',
      event: 'redis.never-available',
      prepare: async (redis) => {
        await redis.send('CONFIG SET requirepass of-redis-4711');
        return redis.url.replace('//', '//:of-nobody-4711@');
      },
    },
  ],
];

describe('while Redis refuses', () => {
  let replicas: Replicas;

  beforeEach(async () => {
    replicas = await Replicas.start();
  });
  afterEach(() => replicas.close());

  const degradedOf = async (replica: Stagedoor) => {
    const { status, body } = await replica.as().get('/health/ready');
    expect(status).toBe(200);
    return body.degraded ?? [];
  };

  /** Writes and reads through each replica; returns the statuses of all requests. */
  async function statuses(used: readonly Stagedoor[], path: string): Promise<readonly number[]> {
    const seen: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const replica of used) {
        seen.push(
          (
            await replica
              .as('acme-app')
              .patch(path)
              .send({ name: `round ${round}` })
          ).status,
        );
        for (const read of [path, `${HUB}/WebChat`]) seen.push((await replicas.get(replica, 'acme-app', read)).status);
      }
    }
    return seen;
  }

  it.each(REJECTIONS)(
    '%s: no read fails, no write without a key is refused, and the reason is reported [S-780]',
    async (_what, { reason, event, prepare }) => {
      const url = await prepare(replicas.redis);
      const used = [await replicas.add({ REDIS_URL: url }), await replicas.add({ REDIS_URL: url })];
      const [writer] = used;
      if (!writer) throw new Error('there is no replica');
      const { body } = await writer.as('acme-app').post(HUB).send(webChat('first')).expect(200);
      const seen = await statuses(used, `/api/v1/integrations/${body.integrationId}`);
      expect(seen).toEqual(Array.from({ length: ROUNDS * used.length * 3 }, () => 200));

      expect(await degradedOf(writer)).toContain(`redis:${reason}`);
      const lines = writer.logs.filter((line) => line.includes(`"event":"${event}"`) && line.includes(`"${reason}"`));
      // Once a minute for each command, however many were refused.
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThanOrEqual(4);
      const { text } = await writer.as().get('/metrics');
      expect(text).toMatch(
        new RegExp(`stagedoor_redis_failures_total\\{reason="${reason}",command="[A-Za-z]+"\\} [1-9]`),
      );
      await replicas.redis.send('AUTH of-redis-4711\r\nCONFIG SET requirepass ""');
    },
  );

  it('idle connections that Redis closes: no read fails, and the epoch stays [S-782]', async () => {
    const used = [await replicas.add(), await replicas.add()];
    const [writer] = used;
    if (!writer) throw new Error('there is no replica');
    const { body } = await writer.as('acme-app').post(HUB).send(webChat('first')).expect(200);
    const path = `/api/v1/integrations/${body.integrationId}`;
    await statuses(used, path);
    const epoch = await replicas.redis.send('GET stagedoor:epoch');
    await replicas.redis.send('CONFIG SET timeout 1');
    const back = used.map(({ app }) => new Promise((resolve) => app.get(Redis).onReconnected(resolve)));
    expect(await Promise.all(back)).toEqual([true, true]);
    await replicas.redis.send('CONFIG SET timeout 0');
    const seen = await statuses(used, path);
    expect(seen.every((status) => status === 200)).toBe(true);
    expect(await replicas.redis.send('GET stagedoor:epoch')).toBe(epoch);
  });

  it('a policy that evicts keys is reported as a risk for idempotency [S-781]', async () => {
    await replicas.redis.send('CONFIG SET maxmemory-policy allkeys-lru');
    const replica = await replicas.add();
    while (!(await degradedOf(replica)).includes('idempotency')) await delay(20);
    expect(await degradedOf(replica)).toEqual(['idempotency', 'redis:policy']);
    expect(replica.logs.join('')).toContain('"event":"redis.evicts"');
  });

  it('a key is free or has its response within ten seconds after an outage [S-784]', async () => {
    const replica = await replicas.add();
    const create = (key: string) =>
      replica
        .as('acme-app')
        .post(HUB)
        .set('idempotency-key', key)
        .send(webChat(key))
        .then(({ status }) => status);
    const keys = Array.from({ length: 20 }, (_, index) => `key-of-an-outage-${index}`);
    const first = Promise.all(keys.map(create));
    await delay(5);
    replicas.redis.pause();
    await first;
    replicas.redis.resume();
    const end = Date.now() + 10_000;
    for (const key of keys) {
      let status = await create(key);
      while (status !== 200 && Date.now() < end) {
        await delay(50);
        status = await create(key);
      }
      expect([key, status]).toEqual([key, 200]);
    }
  });
});
