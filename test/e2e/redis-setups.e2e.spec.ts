import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const WEB_CHAT = { channelId: 'WebChat', name: 'chat', configuration: { allowedOrigins: ['localhost'] } };

let stagedoor: Stagedoor | undefined;
let redis: RedisServer;

async function start(env: Readonly<Record<string, string>>): Promise<void> {
  stagedoor = await startStagedoor({ env, limits: { acme: 60_000 } });
}

function as(caller: string) {
  if (!stagedoor) throw new Error('not started');
  return stagedoor.as(caller);
}

/** A keyed create and its replay, cached reads, a write under the lock of its integration, a rotation of its key, a purge. */
async function useAll(): Promise<void> {
  const acme = as('acme-app');
  const create = () => acme.post(HUB).set('idempotency-key', 'key-of-a-create-16').send(WEB_CHAT).expect(200);
  const { integrationId } = (await create()).body;
  expect((await create()).headers['idempotency-replayed']).toBe('true');
  const path = `/api/v1/integrations/${integrationId}`;
  await acme.get(path).expect(200);
  expect((await acme.get(path).expect(200)).headers['cache-status']).toContain('; hit');
  await acme.patch(path).send({ name: 'other' }).expect(200);
  const direct = {
    channelId: 'Direct',
    name: 'd',
    configuration: { integrationType: 'Agent', webhookUrl: 'https://h.io' },
  };
  const { body } = await acme.post(HUB).send(direct).expect(200);
  await acme
    .patch(`/api/v1/integrations/${body.integrationId}`)
    .send({ configuration: { regenerateKeys: true } })
    .expect(200);
  await acme.delete('/api/v1/cache').expect(204);
  expect((await acme.get('/health/ready').expect(200)).body.degraded ?? []).toEqual([]);
}

afterEach(async () => {
  await stagedoor?.close();
  stagedoor = undefined;
  await redis.kill();
});

/** The rules of docs/operations.md for a user. */
function documentedRules(): string {
  const text = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
  const [, rules = ''] = /^(ACL SETUSER stagedoor [^`]+)```/m.exec(text) ?? [];
  return rules.replaceAll(/\s+/g, ' ').trim();
}

it.each(['server', 'cluster'])(
  'needs no more of Redis than the documented rules allow (%s) [S-787]',
  async (topology) => {
    redis = await (topology === 'server' ? RedisServer.start() : RedisServer.startCluster());
    const rules = documentedRules().replace('PASSWORD', 'canary-of-a-redis-user').replaceAll('PREFIX', 'eu:');
    expect(await redis.send(rules)).toBe('+OK\r\n');
    const scheme = topology === 'server' ? 'redis' : 'redis+cluster';
    const url = `${scheme}://stagedoor:canary-of-a-redis-user@127.0.0.1:${redis.port}`;
    await start({ REDIS_URL: url, REDIS_PREFIX: 'eu:' });
    await useAll();
    expect(await redis.send('ACL LOG')).toBe('*0\r\n');
    const foreign = (await redis.send('KEYS *'))
      .split('\r\n')
      .filter((line) => /stagedoor:/.test(line) && !/^eu:/.test(line));
    expect(foreign).toEqual([]);
  },
);

describe('with a second Redis for coordination [S-788]', () => {
  let second: RedisServer;

  beforeEach(async () => {
    redis = await RedisServer.start();
    second = await RedisServer.start();
    await start({ REDIS_URL: redis.url, REDIS_COORDINATION_URL: second.url });
  });
  afterEach(() => second.kill());

  const kindsIn = async (server: RedisServer) =>
    new Set([...(await server.send('KEYS *')).matchAll(/stagedoor:(?:\{[^}]*\}:)?([a-z-]+)/g)].map(([, kind]) => kind));

  it('keeps the cache and coordination apart', async () => {
    await useAll();
    const [cache, coordination] = [await kindsIn(redis), await kindsIn(second)];
    expect([...cache].filter((kind) => coordination.has(kind))).toEqual([]);
    expect([...cache]).toEqual(expect.arrayContaining(['changes', 'epoch']));
    expect([...coordination]).toEqual(expect.arrayContaining(['idempotency', 'limit', 'webhooks']));
  });

  it.each([
    ['redis-coordination', 503, () => second],
    ['redis', 200, () => redis],
  ])('shows that %s is away, and keyed writes are %i', async (name, status, serverOf) => {
    const acme = as('acme-app');
    await acme.get(`${HUB}/WebChat`).expect(200);
    await serverOf().kill();
    await acme.get(`${HUB}/WebChat`).expect(200);
    await acme.post(HUB).set('idempotency-key', 'key-of-a-create-16').send(WEB_CHAT).expect(status);
    expect((await acme.get('/health/ready').expect(200)).body.degraded).toEqual([expect.stringMatching(`^${name}:(refused|timeout)$`)]);
  });
});
