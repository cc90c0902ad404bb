import supertest from 'supertest';
import { CHANNELS } from '../../src/channels/channel-registry';
import type { JsonObject } from '../../src/json/json-value';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { Collector } from '../support/traces/collector';

const CREATABLE = CHANNELS.filter((channel) => channel.isCreatable);

/**
 * Plants secrets in positions beside those that every suite plants (N1, S-115, S-755). As in every suite that starts the service,
 * `SecretWatch` searches the output for them at the end of the suite.
 */
describe('secrets in every input', () => {
  let redis: RedisServer;
  /** Receives every span, which the watch searches too [S-849]. */
  let collector: Collector;
  let stagedoor: Stagedoor;
  const plant = (position: string): string => stagedoor.watch.plant(position);

  beforeAll(async () => {
    redis = await RedisServer.start();
    collector = await Collector.start();
    stagedoor = await startStagedoor({ collector, env: { REDIS_URL: redis.url, AUDIT_LEVEL: 'all' } });
  });
  afterAll(async () => {
    await stagedoor.close();
    const names = new Set(collector.spans.map(({ name }) => name));
    await Promise.all([redis.stop(), collector.close()]);
    for (const name of ['cache', 'redis', 'audit', 'hubster token', 'hubster create', 'hubster update'])
      expect(names).toContain(name);
  });

  it.each(CREATABLE)('plants secrets in the life of an integration of $id, for two tenants', async (channel) => {
    for (const [caller, hub] of [
      ['acme-app', HUBS.acme],
      ['globex-app', HUBS.globex],
    ] as const) {
      const agent = stagedoor.as(caller);
      const secretInput = Object.fromEntries(
        channel.fields
          .filter(({ name, secret, readOnly }) => secret && !readOnly && name in channel.example)
          .map(({ name }) => [name, plant(`${channel.id}.${name}`)]),
      );
      const webhook =
        'webhookUrl' in channel.example ? { webhookUrl: `https://h.io/x?token=${plant('webhook token')}` } : {};
      const configuration: JsonObject = { ...channel.example, ...secretInput, ...webhook };
      const body = { channelId: channel.id, name: `canary ${channel.id}`, configuration };
      const created = await agent.post(`/api/v1/integrations/hubs/${hub}`).send(body).expect(200);
      const path = `/api/v1/integrations/${created.body.integrationId}`;
      const withSurprise = { ...configuration, surprise: plant('undeclared key of a request') };
      await agent.get(path).expect(200);
      await agent.get(path).expect(200);
      await agent.get(`/api/v1/integrations/hubs/${hub}/${channel.id}`).expect(200);
      await agent.get('/api/v1/integrations').expect(200);
      await agent.post(`/api/v1/integrations/hubs/${created.body.integrationId}`).send({ configuration });
      await agent.patch(path).send({ configuration: withSurprise });
      await agent
        .patch(path)
        .set('prefer', 'handling=lenient')
        .send({ configuration: { ...secretInput, other: plant('x') } });
      await agent.post(`/api/v1/integrations/hubs/${hub}`).send({ ...body, name: { x: plant('name') } });
    }
  });

  it("plants a caller's key in the headers that its requests are recorded with", async () => {
    const key = stagedoor.keyOf('acme-app');
    const path = `/api/v1/integrations/hubs/${HUBS.acme}`;
    for (const value of [key, `mine-${key}`, key.slice(3, 40)]) {
      const withKey = () =>
        stagedoor
          .as('acme-app')
          .set('x-request-id', value.replaceAll(/[^\w.-]/g, '-'))
          .set('x-on-behalf-of', value);
      await withKey().get(`${path}/Direct`).expect(200);
      await withKey().get(`${path}/Direct`).expect(200);
      await withKey().post(path).send({ channelId: 'WebChat' }).expect(400);
      await withKey().delete('/api/v1/cache').expect(204);
    }
  });

  it('plants secrets in undocumented positions of responses of Hubster', async () => {
    const odd = {
      integrationId: '55555555-5555-5555-5555-555555555555',
      hubId: HUBS.acme,
      integrationTypeId: 'Customer',
      channelId: 'Bot',
      name: 'odd',
      statusId: 3000,
      apiToken: plant('undeclared top-level field'),
      configuration: {
        botToken: plant('undocumented channel'),
        NESTED: { deeper: [{ PrivateSigningKey: plant('nested') }] },
      },
    };
    const direct = {
      ...odd,
      integrationId: '66666666-6666-6666-6666-666666666666',
      channelId: 'Direct',
      configuration: JSON.stringify({
        PRIVATESIGNINGKEY: plant('upper case key'),
        webhookUrl: `https://${plant('user')}:${plant('password')}@h.io/?sig=${plant('signature')}`,
        echo: plant('a string for a boolean'),
        start: plant('a string for a list'),
        undeclared: plant('undeclared key'),
      }),
    };
    for (const integration of [odd, direct]) {
      await supertest(stagedoor.sandbox.url)
        .post('/sandbox/integrations')
        .send({ tenant: 'acme', integration, raw: true });
      await stagedoor.as('acme-app').get(`/api/v1/integrations/${integration.integrationId}`).expect(200);
    }
  });

  it('plants secrets in errors of Hubster', async () => {
    const text = plant('error text');
    const property = plant('error property');
    const body = {
      status: 400,
      errors: [{ code: 301, description: `Property '${property}' of '${text}' (code: PRT000301)` }],
      trackingId: plant('tracking id'),
    };
    const fault = (effect: object) => stagedoor.fault({ match: { path: '^/api/v1/' }, effect });
    const get = () =>
      stagedoor.as('acme-app').get(`/api/v1/integrations/${HUBS.acme}`).set('cache-control', 'no-cache');
    for (const status of [400, 401, 403, 404, 408, 409, 429, 500, 502, 503]) {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await fault({ status, json: body, headers: { 'x-leak': plant('upstream header'), 'retry-after': '0' } });
      }
      expect((await get()).status).toBeGreaterThanOrEqual(400);
      await supertest(stagedoor.sandbox.url).delete('/sandbox/faults');
    }
    await fault({ status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${plant('html')}</p>` });
    await get().expect(502);
    await fault({ redirect: `https://h.io/?token=${plant('redirect')}` });
    await get().expect(502);
  });

  it('plants secrets in comparisons and verifications, and registers the signing keys that Hubster made', async () => {
    // Another caller, as the updates above have used up the comparisons of the first one for a minute.
    const agent = stagedoor.as('gateway').set('x-tenant-id', 'acme');
    for (const channel of ['Direct', 'System']) {
      const { body } = await agent.get(`/api/v1/integrations/hubs/${HUBS.acme}/${channel}`).expect(200);
      for (const { integrationId } of body.slice(0, 2)) {
        const path = `/api/v1/integrations/${integrationId}`;
        await agent
          .post(`${path}/secrets/privateSigningKey/compare`)
          .send({ value: plant('guess') })
          .expect(200);
        await agent.post(`${path}/secrets/${plant('field')}/compare`).send({ value: plant('guess') });
        await agent.patch(path).send({ configuration: { regenerateKeys: true } });
        await agent
          .post('/api/v1/webhooks/verify')
          .set({ 'x-hub-id': HUBS.acme, 'x-integration-id': integrationId, 'x-hubster-public-key': 'name' })
          .set('x-hubster-signature', plant('signature'))
          .send({ text: plant('body of a webhook') })
          .expect(200);
      }
    }
    const { text } = await supertest(stagedoor.sandbox.url).get('/sandbox/integrations?tenant=acme').expect(200);
    const made = [...text.matchAll(/"privateSigningKey":\s*"([0-9A-F]{32})"/g)].map(([, key = '']) => key);
    expect(made.length).toBeGreaterThanOrEqual(2);
    for (const value of made) stagedoor.watch.register({ place: 'signing key', value });
    await agent.get('/api/v1/audit/events?limit=500').expect(200);
  });
});
