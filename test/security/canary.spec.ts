import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import supertest from 'supertest';
import { CHANNELS } from '../../src/channels/channel-registry';
import type { JsonObject } from '../../src/channels/json';
import { type Canary, canary, formsOf, sightings } from '../support/canaries';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const CREATABLE = CHANNELS.filter((channel) => channel.isCreatable);

/** Secrets are planted wherever one can stand, and looked for on every way out (N1, S-115, S-755). */
describe('no secret leaves', () => {
  let redis: RedisServer;
  let stagedoor: Stagedoor;
  const planted: Canary[] = [];
  const texts = new Map<string, string>();
  const plant = (place: string): string => {
    const made = canary(place);
    planted.push(made);
    return made.value;
  };
  const note = (where: string, { headers, text }: { headers: object; text: string }): void => {
    texts.set(`answer ${texts.size} to ${where}`, `${JSON.stringify(headers)}\n${text}`);
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    const tenant = (name: string, hubs: readonly string[]) => ({
      name,
      clientId: `client.${name}`,
      clientSecret: plant(`client secret of ${name}`),
      hubs,
    });
    stagedoor = await startStagedoor({
      env: {
        REDIS_URL: redis.url,
        SECRET_KEY: `${plant('SECRET_KEY')}-and-some-more-bytes`,
        AUDIT_LEVEL: 'all',
        HTTP_PROXY_PASSWORD: plant('environment'),
      },
      sandboxTenants: [tenant('acme', [HUBS.acme]), tenant('globex', [HUBS.globex])],
    });
    planted.push({ place: 'API key', value: stagedoor.keyOf('acme-app') });
  });
  afterAll(async () => {
    await stagedoor.close();
    await redis.stop();
  });

  it.each(CREATABLE)('plants secrets in the life of an integration of $id, for two tenants', async (channel) => {
    for (const [caller, hub] of [
      ['acme-app', HUBS.acme],
      ['globex-app', HUBS.globex],
    ] as const) {
      const who = stagedoor.as(caller);
      const secretInput = Object.fromEntries(
        channel.fields
          .filter(({ name, secret, answerOnly }) => secret && !answerOnly && name in channel.example)
          .map(({ name }) => [name, plant(`${channel.id}.${name}`)]),
      );
      const webhook =
        'webhookUrl' in channel.example ? { webhookUrl: `https://h.io/x?token=${plant('webhook token')}` } : {};
      const configuration: JsonObject = { ...channel.example, ...secretInput, ...webhook };
      const body = { channelId: channel.id, name: `canary ${channel.id}`, configuration };
      const created = await who.post(`/api/v1/integrations/hubs/${hub}`).send(body);
      expect(created.status).toBe(200);
      note('create', created);
      const path = `/api/v1/integrations/${created.body.integrationId}`;
      note('get', await who.get(path).expect(200));
      note('get again', await who.get(path).expect(200));
      note('list', await who.get(`/api/v1/integrations/hubs/${hub}/${channel.id}`).expect(200));
      note('collection', await who.get('/api/v1/integrations').expect(200));
      note('update', await who.post(`/api/v1/integrations/hubs/${created.body.integrationId}`).send({ configuration }));
      note(
        'patch',
        await who
          .patch(path)
          .send({ configuration: { ...configuration, surprise: plant('undeclared key of a request') } }),
      );
      note('invalid', await who.post(`/api/v1/integrations/hubs/${hub}`).send({ ...body, name: { x: plant('name') } }));
    }
  });

  it('plants secrets in odd places of what Hubster answers', async () => {
    const odd = {
      integrationId: '55555555-5555-5555-5555-555555555555',
      hubId: HUBS.acme,
      integrationTypeId: 'Customer',
      channelId: 'Telegram',
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
      note('odd', await stagedoor.as('acme-app').get(`/api/v1/integrations/${integration.integrationId}`).expect(200));
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
        await fault({ status, body, headers: { 'x-leak': plant('upstream header'), 'retry-after': '0' } });
      }
      note(`a failing get (${status})`, await get());
      await supertest(stagedoor.sandbox.url).delete('/sandbox/faults');
    }
    await fault({ status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${plant('html')}</p>` });
    note('html', await get());
    await fault({ redirect: `https://h.io/?token=${plant('redirect')}` });
    note('redirect', await get());
  });

  it('plants secrets in what callers send: credentials, headers, queries, broken bodies', async () => {
    const who = stagedoor.as('acme-app');
    note('wrong key', await stagedoor.as().get('/api/v1/me').set('x-api-key', plant('wrong API key')));
    note(
      'wrong bearer',
      await stagedoor
        .as()
        .get('/api/v1/me')
        .set('authorization', `Bearer ${plant('wrong bearer')}`),
    );
    note('cookie', await who.get('/api/v1/me').set('cookie', plant('cookie')));
    note('query', await who.get(`/api/v1/integrations?token=${plant('query')}`));
    note('path', await who.get(`/api/v1/integrations/${plant('path')}`));
    note('request id', await who.get('/api/v1/me').set('x-request-id', `bad id ${plant('request id')}`));
    note('tenant', await who.get('/api/v1/me').set('x-tenant-id', plant('tenant')));
    note(
      'broken body',
      await who
        .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
        .set('content-type', 'application/json')
        .send(`{"authToken": "${plant('broken body')}"`),
    );
  });

  it('plants secrets in what is compared and verified, and knows the signing keys that Hubster made', async () => {
    const who = stagedoor.as('acme-app');
    for (const channel of ['Direct', 'System']) {
      const { body } = await who.get(`/api/v1/integrations/hubs/${HUBS.acme}/${channel}`).expect(200);
      for (const { integrationId } of body.slice(0, 2)) {
        const path = `/api/v1/integrations/${integrationId}`;
        note('compare', await who.post(`${path}/secrets/privateSigningKey/compare`).send({ value: plant('guess') }));
        note('rotate', await who.patch(path).send({ configuration: { regenerateKeys: true } }));
        const webhook = who.post('/api/v1/webhooks/verify').set('x-integration-id', integrationId);
        note(
          'verify',
          await webhook
            .set({ 'x-hub-id': HUBS.acme, 'x-hubster-public-key': 'name', 'x-hubster-signature': plant('signature') })
            .send({ text: plant('body of a webhook') }),
        );
      }
    }
    const { text } = await supertest(stagedoor.sandbox.url).get('/sandbox/integrations?tenant=acme').expect(200);
    const made = [...text.matchAll(/"privateSigningKey":\s*"([0-9A-F]{32})"/g)].map(([, key = '']) => key);
    expect(made.length).toBeGreaterThanOrEqual(2);
    planted.push(...made.map((value) => ({ place: 'signing key', value })));
    note('trail', await who.get('/api/v1/audit/events?limit=500').expect(200));
  });

  it('finds none of them: not in answers, logs at trace, the trail, Redis, metrics, health or documentation', async () => {
    for (const path of [
      '/metrics',
      '/health/ready',
      '/openapi.json',
      '/openapi.yaml',
      '/docs',
      '/docs/swagger-ui-init.js',
      '/problems',
    ]) {
      note(path, await stagedoor.as().get(path));
    }
    texts.set('redis', await dump(redis.url));
    await stagedoor.app.close();
    texts.set('logs', stagedoor.logs.join(''));
    for (const file of await filesUnder(join(stagedoor.directory, 'audit')))
      texts.set(file, await readFile(file, 'utf8'));

    expect(planted.length).toBeGreaterThan(60);
    expect(texts.get('redis')?.length).toBeGreaterThan(100);
    expect(texts.get('logs')?.length).toBeGreaterThan(1000);
    expect(sightings(planted, texts)).toEqual([]);
  });

  it('would see each form of each of them', () => {
    const one = canary('here');
    for (const [form, hidden] of formsOf(one.value)) {
      const found = sightings([one], new Map([['text', `around ${hidden} it`]]));
      expect(found).toContainEqual({ place: 'here', form, where: 'text' });
    }
  });
});

/** Every key with its value, as Redis holds them. */
async function dump(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    const keys = await client.keys('*');
    const values = await Promise.all(keys.map((key) => client.getBuffer(key).catch(() => null)));
    return keys.map((key, index) => `${key}=${values[index]?.toString('latin1') ?? ''}`).join('\n');
  } finally {
    client.disconnect();
  }
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
