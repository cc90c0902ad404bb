import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { AuditTrail } from '../../src/audit/audit-trail';
import { SingleFlight } from '../../src/cache/refresh/single-flight';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { type CacheHeaders, cacheStatusContract, NO_CACHE_HEADERS } from '../contract/cache-status.contract';
import { HoldingProxy } from '../support/holding-proxy';
import { ManualClock } from '../support/manual-clock';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const BASE = '/api/v1/integrations';
/** Longer than a request waits, so that the response comes at once. */
const RETRY_AFTER_SECONDS = 60;

describe.each(['memory', 'redis'])('over HTTP, with %s', (tier) => {
  let clock: ManualClock;
  let redis: RedisServer | undefined;
  let sandbox: Sandbox;
  let hubster: HoldingProxy;
  let stagedoor: Stagedoor;
  let written: string;

  beforeAll(async () => {
    // Without jitter, so that seconds are exact; `entry.spec.ts` tests the jitter.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    clock = new ManualClock();
    redis = tier === 'redis' ? await RedisServer.start() : undefined;
    sandbox = await startSandbox();
    hubster = await HoldingProxy.start(sandbox.url);
    const env = { HUBSTER_PORTAL_URL: hubster.url, ...(redis && { REDIS_URL: redis.url }) };
    stagedoor = await startStagedoor({ clock, sandbox, env });
    written = `${BASE}/${await create('written')}`;
    // With Redis, responses are not stored before the service listens to the bus.
    while (!(await get(written).then(({ cacheStatus }) => cacheStatus.startsWith('stagedoor; hit'))));
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await stagedoor.close();
    await hubster.close();
    await sandbox.close();
    await redis?.stop();
  });

  async function create(name: string): Promise<string> {
    const integration = { integrationId: randomUUID(), hubId: HUBS.acme, channelId: 'WebChat', name };
    const configuration = { allowedOrigins: ['localhost'] };
    await supertest(sandbox.url)
      .post('/sandbox/integrations')
      .send({ tenant: 'acme', integration: { ...integration, configuration } });
    return integration.integrationId;
  }

  async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<CacheHeaders> {
    // What Redis does not do in time, as on a busy machine, is tried again after some milliseconds of this clock.
    const ticking = setInterval(() => void clock.advance(30), 500);
    const { status, headers: received } = await stagedoor
      .as('acme-app')
      .get(path)
      .set(headers)
      .then((response) => response)
      .finally(() => clearInterval(ticking));
    const { 'cache-status': cacheStatus, age } = received;
    if (status === 200) expect(received).toMatchObject(ALWAYS);
    return cacheStatus && age ? { cacheStatus, age } : NO_CACHE_HEADERS;
  }

  const ALWAYS = { 'cache-control': 'private, no-cache', vary: 'Authorization, X-API-Key, X-Tenant-Id' };

  it('a caller whose own deadline ends receives the stale entry while the call continues', async () => {
    const path = `${BASE}/${await create(randomUUID())}`;
    await get(path);
    await clock.advance(75_000);
    const flights = jest.spyOn(SingleFlight.prototype, 'run');
    flights.mockClear();
    const release = hubster.hold('GET');
    const patient = get(path);
    const hasty = get(path, { 'x-request-timeout-ms': '100' });
    while (flights.mock.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(100);
    expect(await hasty).toEqual({ cacheStatus: 'stagedoor; fwd=stale; ttl=-46; detail=stale-if-error', age: '75' });
    release();
    expect((await patient).cacheStatus).toMatch(/^stagedoor; fwd=stale; stored/);
  });

  cacheStatusContract('the service', async () => {
    const flights = jest.spyOn(SingleFlight.prototype, 'run');
    let id = await create(randomUUID());
    // Ends the Retry-After of the row before.
    await clock.advance(RETRY_AFTER_SECONDS * 1000);
    return {
      read: (cacheControl) => get(`${BASE}/${id}`, cacheControl === '' ? {} : { 'cache-control': cacheControl }),
      remove: () => {
        id = randomUUID();
      },
      elapse: (seconds) => clock.advance(seconds * 1000),
      beginWrite: async () => {
        const release = hubster.hold('POST');
        const received = hubster.nextDelayed();
        const write = stagedoor
          .as('acme-app')
          .patch(`${BASE}/${id}`)
          .send({ name: randomUUID() })
          .then(({ status }) => expect(status).toBe(200));
        await received;
        return async () => {
          release();
          await write;
          // The outcome is stored after the response; if the clock advances before, the trail counts as unavailable.
          const trail = stagedoor.app.get(AuditTrail);
          while (trail.hasOpenIntents) await new Promise((resolve) => setImmediate(resolve));
        };
      },
      blockHubster: () => {
        flights.mockClear();
        return hubster.hold('GET');
      },
      untilWaiting: async (callers) => {
        while (flights.mock.calls.length < callers) await new Promise((resolve) => setImmediate(resolve));
      },
      failHubster: async () => {
        const headers = { 'Retry-After': `${RETRY_AFTER_SECONDS}` };
        await stagedoor.fault({ match: { method: 'GET' }, effect: { status: 429, headers } });
      },
    };
  });
});
