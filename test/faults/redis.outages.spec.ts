import { setTimeout as delay } from 'node:timers/promises';
import { RedisRelay } from '../support/redis-relay';
import type { RedisServer } from '../support/redis-server';
import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const ROUNDS = 8;
const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

/** Breaks Redis; the returned function repairs it. */
type Outage = (redis: RedisServer) => Promise<() => Promise<unknown>>;

const nothing = async () => undefined;
const OUTAGES: readonly (readonly [string, Outage])[] = [
  ['killed', async (redis) => redis.kill().then(() => () => redis.start())],
  ['stopped (SIGTERM)', async (redis) => redis.stop().then(() => () => redis.start())],
  [
    'suspended (SIGSTOP)',
    async (redis) => {
      redis.pause();
      return async () => redis.resume();
    },
  ],
  // The pause ends by itself, as Redis takes no command meanwhile.
  ['paused (CLIENT PAUSE)', async (redis) => redis.send('CLIENT PAUSE 1500 ALL').then(() => nothing)],
  ['flushed', async (redis) => redis.send('FLUSHALL').then(() => nothing)],
  [
    'restarted, empty',
    async (redis) =>
      redis
        .kill()
        .then(() => redis.start())
        .then(() => nothing),
  ],
  [
    'full (OOM)',
    async (redis) => redis.send('CONFIG SET maxmemory 1').then(() => () => redis.send('CONFIG SET maxmemory 0')),
  ],
];

/** Errors of a Redis that is full, a replica, starting, part of a cluster, or that requires a password. */
const ERRORS: readonly string[] = [
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
  'LOADING Redis is loading the dataset in memory',
  'MOVED 3999 127.0.0.1:1',
  'NOAUTH Authentication required.',
];

describe('while Redis fails every read is served, and none is older than the own write of its caller [N6, N4]', () => {
  let replicas: Replicas;

  beforeEach(async () => {
    replicas = await Replicas.start();
  });
  afterEach(() => replicas.close());

  /** Reads and writes through one replica; every response has to show its last write. */
  async function writeAndRead(writer: Stagedoor, path: string, others: readonly Stagedoor[]): Promise<string> {
    let name = '';
    for (let round = 0; round < ROUNDS; round += 1) {
      name = `round ${round}`;
      await writer.as('acme-app').patch(path).send({ name }).expect(200);
      for (const read of [path, `${HUB}/WebChat`]) {
        const mine = await replicas.get(writer, 'acme-app', read);
        expect([mine.status, mine.text]).toEqual([200, expect.stringContaining(`"name":"${name}"`)]);
        for (const other of others) expect((await replicas.get(other, 'acme-app', read)).status).toBe(200);
      }
    }
    return name;
  }

  /** Polls, as callers cannot observe the recovery; bounded by jest's timeout. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await delay(20);
  }

  it.each(OUTAGES)('%s', async (_what, breakIt) => {
    const [writer, other] = [await replicas.add(), await replicas.add()];
    const { body } = await writer.as('acme-app').post(HUB).send(webChat('before')).expect(200);
    const path = `/api/v1/integrations/${body.integrationId}`;
    for (const replica of [writer, other]) expect((await replicas.get(replica, 'acme-app', path)).status).toBe(200);

    const repair = await breakIt(replicas.redis);
    const last = await writeAndRead(writer, path, [other]);
    await repair();

    await until(async () => (await replicas.get(other, 'acme-app', path)).text.includes(`"name":"${last}"`));
    await writer.as('acme-app').patch(path).send({ name: 'after' }).expect(200);
    await until(async () => (await replicas.get(other, 'acme-app', path)).text.includes('"name":"after"'));
    // Redis is used again: a replica that starts now serves an entry that another one loaded.
    const fresh = await replicas.add();
    await until(async () => {
      await replicas.get(writer, 'acme-app', path);
      await fresh.as('acme-app').get('/api/v1/me').expect(200);
      return (await replicas.get(fresh, 'acme-app', path)).cacheStatus.startsWith('stagedoor; hit');
    });
  });

  describe('behind a relay', () => {
    let relay: RedisRelay;
    let replica: Stagedoor;

    beforeEach(async () => {
      relay = await RedisRelay.start(replicas.redis.port);
      replica = await replicas.add({ REDIS_URL: relay.url });
    });
    afterEach(() => relay.close());

    const create = async (caller: string, hub: string) => {
      const { body } = await replica
        .as(caller)
        .post(`/api/v1/integrations/hubs/${hub}`)
        .send(webChat(`of ${caller}`));
      return `/api/v1/integrations/${body.integrationId}`;
    };

    it('that loses every tenth reply, no caller receives the response to another request', async () => {
      relay.loseEvery(10);
      const acme = await create('acme-app', HUBS.acme);
      const globex = await create('globex-app', HUBS.globex);
      for (let round = 0; round < 40; round += 1) {
        for (const caller of ['acme-app', 'globex-app']) await replica.as(caller).delete('/api/v1/cache').expect(204);
        const [ours, theirs] = await Promise.all([
          replicas.get(replica, 'acme-app', acme),
          replicas.get(replica, 'globex-app', globex),
        ]);
        expect([ours.status, ours.text]).toEqual([200, expect.stringContaining('of acme-app')]);
        expect([theirs.status, theirs.text]).toEqual([200, expect.stringContaining('of globex-app')]);
      }
    });

    it('that loses every tenth reply, no read is older than the own write of its caller', async () => {
      relay.loseEvery(10);
      await writeAndRead(replica, await create('acme-app', HUBS.acme), [await replicas.add()]);
    });

    it.each(ERRORS)('that replies to everything with %s', async (error) => {
      const path = await create('acme-app', HUBS.acme);
      const other = await replicas.add();
      await replicas.get(replica, 'acme-app', path);
      relay.replyWith(error);
      const last = await writeAndRead(replica, path, [other]);
      relay.heal();
      await until(async () => (await replicas.get(other, 'acme-app', path)).text.includes(`"name":"${last}"`));
      await until(async () => {
        await replicas.get(replica, 'acme-app', path);
        const fresh = await replicas.get(other, 'acme-app', path);
        return fresh.cacheStatus.startsWith('stagedoor; hit');
      });
    });
  });
});
