import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import supertest from 'supertest';
import { parse, stringify } from 'yaml';
import { TenantsReload } from '../../src/api/operations/tenants-reload';
import { parseTenantsFile } from '../../src/config/tenants/parse-tenants-file';
import { SCOPES } from '../../src/context/caller';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { HoldingProxy } from '../support/holding-proxy';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { startTokenIssuer } from '../support/token-issuer';

const BASE = '/api/v1/integrations';
const ISSUER_AUDIENCE = 'stagedoor';

/** A reload limits acme to another hub than that of the integration. */
describe('an integration in a hub that was taken from its tenant [S-016, N2]', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let hubster: HoldingProxy;
  let first: Stagedoor;
  let second: Stagedoor;
  let issuer: Awaited<ReturnType<typeof startTokenIssuer>>;
  let jwks: HoldingProxy;
  let id: string;
  let one: string;

  beforeEach(async () => {
    redis = await RedisServer.start();
    sandbox = await startSandbox();
    hubster = await HoldingProxy.start(sandbox.url);
    issuer = await startTokenIssuer();
    jwks = await HoldingProxy.start(issuer.url);
    const trusted = { issuer: issuer.url, audience: ISSUER_AUDIENCE, jwksUri: `${jwks.url}/keys`, tenants: ['acme'] };
    const setup = {
      sandbox,
      env: { REDIS_URL: redis.url, HUBSTER_PORTAL_URL: hubster.url },
      tenantsFile: { issuers: [trusted] },
    };
    [first, second] = [await startStagedoor(setup), await startStagedoor(setup)];
    const system = { webhookUrl: 'https://receiver.example.com/', events: ['message'] };
    const { body } = await first
      .as('acme-app')
      .post(`${BASE}/hubs/${HUBS.acme}`)
      .send({ channelId: 'System', name: 'hooks', configuration: system })
      .expect(200);
    id = body.integrationId;
    one = `${BASE}/${id}`;
    for (const stagedoor of [first, second]) await untilHit(stagedoor);
  });
  afterEach(async () => {
    await Promise.all([first.close(), second.close()]);
    await Promise.all([hubster.close(), jwks.close(), sandbox.close(), issuer.close()]);
    await redis.stop();
  });

  const get = (stagedoor: Stagedoor) => stagedoor.as('acme-app').get(one);

  /** With Redis nothing is cached before the service listens to the bus. */
  async function untilHit(stagedoor: Stagedoor): Promise<void> {
    while (!(await get(stagedoor).expect(200)).headers['cache-status']?.includes('hit'));
  }

  async function apply(stagedoor: Stagedoor, change: { hubs?: string[]; clientId?: string }): Promise<void> {
    const file = parse(await readFile(join(stagedoor.directory, 'tenants.yaml'), 'utf8'));
    const { clientId, ...hubs } = change;
    for (const tenant of file.tenants) {
      if (tenant.id !== 'acme') continue;
      Object.assign(tenant, hubs);
      if (clientId !== undefined) tenant.hubster.clientId = clientId;
    }
    const env = Object.fromEntries(
      sandbox.tenants.map(({ name, clientSecret }) => [`${name.toUpperCase()}_SECRET`, clientSecret]),
    );
    await stagedoor.app
      .get(TenantsReload)
      .apply(async () => parseTenantsFile(stringify(file), { env, readFile: () => '', scopes: SCOPES }));
  }
  const narrow = (stagedoor: Stagedoor) => apply(stagedoor, { hubs: [HUBS.acmeSecond] });

  it('is not served from entries that another replica with the file from before still stores', async () => {
    await narrow(second);
    await get(first).set('cache-control', 'no-cache').expect(200);
    await get(second).expect(404);
    await get(first)
      .expect(200)
      .expect('cache-status', /^stagedoor; hit/);
    await get(second)
      .expect(404)
      .expect('cache-status', /^stagedoor; hit/);
  });

  it('is not served after a change of the Hubster account', async () => {
    await apply(second, { clientId: 'somebody-else' });
    await get(first).set('cache-control', 'no-cache').expect(200);
    await get(second).expect(502);
  });

  it('is neither returned nor cached by a read that was running', async () => {
    const received = hubster.nextDelayed();
    const release = hubster.hold('GET');
    const reading = get(first)
      .set('cache-control', 'no-cache')
      .then(({ status }) => status);
    await received;
    await narrow(first);
    release();
    expect(await reading).toBe(404);
    await get(first).expect(404);
  });

  it('has no valid webhooks, at once', async () => {
    const { body: signed } = await supertest(sandbox.url)
      .post('/sandbox/webhooks')
      .send({ tenant: 'acme', integrationId: id, body: '{}' })
      .expect(200);
    const verify = async () => {
      const headers = { ...signed.headers, 'x-api-key': first.keyOf('acme-app') };
      return (await fetch(`${first.url}/api/v1/webhooks/verify`, { method: 'POST', headers, body: '{}' })).json();
    };
    expect(await verify()).toMatchObject({ valid: true });
    await narrow(first);
    expect(await verify()).toEqual({ valid: false, reason: 'unknown-integration' });
  });

  it('is not shown by the replay of a write', async () => {
    const write = () =>
      first.as('acme-app').patch(one).set('idempotency-key', 'k'.repeat(20)).send({ name: 'renamed' });
    await write().expect(200);
    await write().expect(200).expect('idempotency-replayed', 'true');
    await narrow(first);
    await write().expect(404);
  });

  it('is hidden from a token that was being verified', async () => {
    const received = jwks.nextDelayed();
    const release = jwks.hold('GET');
    const token = await issuer.token();
    const hubs = first
      .as()
      .get('/api/v1/me')
      .set('authorization', `Bearer ${token}`)
      .then(({ body }) => body.hubs);
    await received;
    await narrow(first);
    release();
    expect(await hubs).toEqual([HUBS.acmeSecond]);
  });
});
