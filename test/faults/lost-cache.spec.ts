import supertest from 'supertest';
import { RedisServer, until } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const INTEGRATIONS = 60;
/** Ten calls at once for so long each: all of them take Hubster a second and a half. */
const CALL_MS = 250;

const IDS = Array.from({ length: INTEGRATIONS }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const LIST = `hubs/${HUBS.acme}/WebChat`;

describe('reads of many entries that an interruption of Redis has made unusable [S-880, N6]', () => {
  let redis: RedisServer;
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    redis = await RedisServer.start();
    stagedoor = await startStagedoor({
      env: { REDIS_URL: redis.url, READ_DEADLINE: '20s' },
      limits: { acme: 1_000_000 },
      quirks: false,
    });
    for (const integrationId of IDS) {
      const configuration = { allowedOrigins: ['https://shop.example.com'] };
      const integration = { integrationId, hubId: HUBS.acme, channelId: 'WebChat', name: 'desk', configuration };
      await supertest(stagedoor.sandbox.url).post('/sandbox/integrations').send({ tenant: 'acme', integration });
    }
  });

  afterAll(async () => {
    await stagedoor.close();
    await redis.kill();
  });

  const read = (path: string) => stagedoor.as('acme-app').get(`/api/v1/integrations/${path}`);
  const isHit = async (path: string) => String((await read(path)).headers['cache-status']).includes('; hit');
  const statuses = async () => [...new Set((await Promise.all(IDS.map(read))).map(({ status }) => status))];

  it('wait for Hubster and do not fail, each with one call', async () => {
    await statuses();
    await until(() => isHit(LIST));
    await redis.kill();
    await redis.start();
    // Then the epoch is another one.
    await until(async () => !(await isHit(LIST)));
    await stagedoor.fault({ match: { method: 'GET' }, times: 0, effect: { delayMs: CALL_MS } });
    const before = (await stagedoor.hubsterCalls()).length;
    expect(await statuses()).toEqual([200]);
    expect((await stagedoor.hubsterCalls()).length - before).toBe(INTEGRATIONS);
  });
});
