import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

type Tamper = (redis: Redis, acme: string, globex: string) => Promise<unknown>;

/** Changes to the entries of two tenants by somebody with access to Redis. */
const TAMPERS: readonly (readonly [string, Tamper])[] = [
  [
    'swapped between tenants',
    async (redis, acme, globex) => {
      const [ours, theirs] = await Promise.all([redis.getBuffer(acme), redis.getBuffer(globex)]);
      if (!ours || !theirs) throw new Error('there is nothing to swap');
      return Promise.all([redis.set(acme, theirs), redis.set(globex, ours)]);
    },
  ],
  [
    'with one bit flipped',
    async (redis, acme) => {
      const value = await redis.getBuffer(acme);
      if (!value) throw new Error('there is nothing to flip');
      value.writeUInt8(value.readUInt8(value.length - 1) ^ 1, value.length - 1);
      return redis.set(acme, value);
    },
  ],
  ['replaced by garbage', async (redis, acme) => redis.set(acme, 'garbage')],
  ['emptied', async (redis, acme) => redis.set(acme, '')],
  ['of another type', async (redis, acme) => redis.multi().del(acme).lpush(acme, 'x').exec()],
];

describe('values in Redis are used only under the key that they were written for [N2, N6]', () => {
  let replicas: Replicas;
  let redis: Redis;
  let paths: Readonly<Record<'acme-app' | 'globex-app', string>>;

  beforeEach(async () => {
    replicas = await Replicas.start();
    redis = new Redis(replicas.redis.url);
    const loader = await replicas.add();
    paths = {
      'acme-app': await create(loader, 'acme-app', HUBS.acme),
      'globex-app': await create(loader, 'globex-app', HUBS.globex),
    };
    for (const caller of ['acme-app', 'globex-app'] as const) {
      // The first loads after a start may not be stored, so each is repeated until Redis has it.
      while ((await responseKeys(caller)).length === 0) {
        await loader.as(caller).get(paths[caller]).set('cache-control', 'no-cache').expect(200);
        await delay(20);
      }
    }
  });
  afterEach(async () => {
    redis.disconnect();
    await replicas.close();
  });

  async function create(stagedoor: Stagedoor, caller: string, hub: string): Promise<string> {
    const { body } = await stagedoor
      .as(caller)
      .post(`/api/v1/integrations/hubs/${hub}`)
      .send(webChat(`of ${caller}`));
    return `/api/v1/integrations/${body.integrationId}`;
  }

  const responseKeys = (caller: string) => redis.keys(`stagedoor:{${caller.replace('-app', '')}}:response:*`);

  it('serves an entry of Redis from a replica that has just started', async () => {
    const cold = await replicas.add();
    expect(await replicas.get(cold, 'acme-app', paths['acme-app'])).toMatchObject({
      status: 200,
      cacheStatus: expect.stringMatching(/^stagedoor; hit/),
    });
  });

  it.each(TAMPERS)('takes values %s for a miss', async (_what, tamper) => {
    const [[acme = ''], [globex = '']] = [await responseKeys('acme-app'), await responseKeys('globex-app')];
    await tamper(redis, acme, globex);
    const cold = await replicas.add();
    const ours = await replicas.get(cold, 'acme-app', paths['acme-app']);
    expect(ours).toMatchObject({ status: 200, cacheStatus: expect.stringMatching(/^stagedoor; fwd=miss/) });
    expect(ours.text).toContain('of acme-app');
    const theirs = await replicas.get(cold, 'globex-app', paths['globex-app']);
    expect([theirs.status, theirs.text]).toEqual([200, expect.stringContaining('of globex-app')]);
  });
});
