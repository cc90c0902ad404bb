import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';
import type { JsonObject } from '../json';

const ID = '11111111-2222-3333-4444-555555555555';

describe('Control', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start();
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  const seed = (integration: JsonObject, rest: JsonObject = {}) =>
    client.send('POST', '/sandbox/integrations', { tenant: 'acme', integration, ...rest });

  describe('seeding', () => {
    it('stores an integration in any spelling, with the given ids and the quirks of its channel', async () => {
      const configuration = { AuthToken: 't', AccountSid: 's', NumberSid: 'n', Capabilities: { Mms: true } };
      await seed({
        integrationId: ID,
        hubId: client.hub,
        channelId: 102,
        integrationTypeId: 2,
        name: 'a',
        configuration,
      });
      const { json } = await client.portal('GET', `/${ID}`);
      expect(json).toMatchObject({
        integrationTypeId: 'Customer',
        channelId: 'TwilioSMS',
        name: 'a',
        statusId: 3000,
        configuration,
      });
      const stored = await client.send('GET', '/sandbox/integrations?tenant=acme');
      expect(stored.list).toMatchObject([{ configuration: { authToken: 't', capabilities: { mms: true } } }]);
    });

    it('accepts channels that cannot be created, and lists them', async () => {
      await seed({ integrationId: ID, hubId: client.hub, channelId: 'Bot', name: 'a', configuration: { any: 1 } });
      expect((await client.portal('GET', `/hubs/${client.hub}/Bot`)).list).toMatchObject([
        { configuration: { any: 1 } },
      ]);
    });

    it('keeps given signing keys, and generates missing ones', async () => {
      const keys = { publicSigningKey: 'P', privateSigningKey: 'Q' };
      const base = { integrationId: ID, hubId: client.hub, channelId: 'System', name: 'a' };
      expect((await seed({ ...base, configuration: { ...SAMPLES.System, ...keys } })).json).toMatchObject({
        configuration: keys,
      });
      const made = Object((await seed({ ...base, configuration: SAMPLES.System })).json['configuration']);
      expect(made.privateSigningKey).toMatch(/^[0-9A-F]{32}$/);
    });

    it('returns a raw integration exactly as given in every read', async () => {
      const odd = { integrationId: 'odd', channelId: 102, name: 7, configuration: '{"AuthToken":"x"}' };
      const at = { integrationId: ID, hubId: client.hub };
      await seed(odd, { raw: true, at });
      expect((await client.portal('GET', `/${ID}`)).json).toEqual(odd);
      expect((await client.portal('GET', `/hubs/${client.hub}/TwilioSMS`)).list).toEqual([odd]);
      expect((await client.portal('GET', '')).json).toMatchObject({ results: [odd] });
    });

    it('updates a raw integration in place, and accepts its undeclared keys', async () => {
      const configuration = { AllowedOrigins: ['a'], Future: 'kept', publicSigningKey: 'P', privateSigningKey: 'Q' };
      await seed(
        { integrationId: ID, hubId: client.hub, channelId: 'WebChat', extra: 1, configuration },
        { raw: true },
      );
      const { json } = await client.portal('POST', `/hubs/${ID}`, {
        name: 'b',
        configuration: { allowedOrigins: ['b'], Future: 'kept' },
      });
      expect(json).toMatchObject({ extra: 1, name: 'b', configuration: { allowedOrigins: ['b'], Future: 'kept' } });
      expect((await client.portal('GET', `/${ID}`)).json).toEqual(json);
      const rejected = await client.portal('POST', `/hubs/${ID}`, {
        configuration: { allowedOrigins: ['b'], echo: true },
      });
      expect(rejected.codes).toEqual([303]);
    });

    it('separates two tenants with the same integration id [N2]', async () => {
      const base = { integrationId: ID, hubId: client.hub, channelId: 'Slack', configuration: {} };
      await seed({ ...base, name: 'ours' });
      await seed({ ...base, name: 'theirs' }, { tenant: 'globex' });
      expect((await client.portal('GET', `/${ID}`)).json).toMatchObject({ name: 'ours' });
      expect((await client.portal('GET', `/${ID}`, undefined, 'globex')).json).toMatchObject({ name: 'theirs' });
      await client.portal('DELETE', `/${ID}`);
      expect(await client.names('globex')).toEqual(['theirs']);
    });

    it.each([
      ['an id that is not a GUID', { integrationId: 'x' }, {}],
      ['no hub', { integrationId: ID, hubId: null, channelId: 'Slack' }, {}],
      ['no channel', { integrationId: ID, hubId: ID }, {}],
      ['an unknown tenant', { integrationId: ID, hubId: ID, channelId: 'Slack' }, { tenant: 'nobody' }],
      ['an unknown field', { integrationId: ID, hubId: ID, channelId: 'Slack' }, { nonsense: 1 }],
    ])('rejects %s with a 400 that gives the reason', async (_what, integration, rest) => {
      const { status, json } = await seed(integration, rest);
      expect([status, typeof json['error']]).toEqual([400, 'string']);
      expect(await client.names()).toEqual([]);
    });
  });

  it('resets integrations, call log, faults and used codes, and keeps tokens', async () => {
    await client.create('Slack', 'a', { code: 'once', state: 's' });
    await client.fault({}, { status: 500 });
    expect((await client.reset()).status).toBe(204);
    expect(await client.names()).toEqual([]);
    expect(await client.callLog()).toEqual([]);
    expect((await client.create('Slack', 'a', { code: 'once', state: 's' })).status).toBe(200);
  });

  it.each([
    ['GET', '/sandbox/nothing', 404],
    ['PUT', '/sandbox/faults', 405],
    ['GET', '/sandbox/integrations', 400],
  ])('responds to %s %s with %d', async (method, path, status) => {
    const reply = await client.send(method, path);
    expect([reply.status, typeof reply.json['error']]).toEqual([status, 'string']);
  });

  it('lists faults with hit counts, and removes them', async () => {
    const id = await client.fault({ path: 'integrations$' }, { status: 500 }, { times: 2 });
    expect((await client.portal('GET', '')).status).toBe(500);
    const { list } = await client.send('GET', '/sandbox/faults');
    expect(list).toMatchObject([{ id, hits: 1, times: 2, match: { path: 'integrations$' }, effect: { status: 500 } }]);
    await client.send('DELETE', '/sandbox/faults');
    expect((await client.portal('GET', '')).status).toBe(200);
  });

  it.each([
    ['an unknown tenant', { match: { tenant: 'nobody' }, effect: {} }],
    ['an unknown effect', { effect: { explode: true } }],
  ])('rejects a fault with %s with a 400 that gives the reason', async (_what, script) => {
    const { status, json } = await client.send('POST', '/sandbox/faults', script);
    expect([status, json]).toEqual([400, { error: expect.stringMatching(/^(fault|tenant)/) }]);
    expect((await client.send('GET', '/sandbox/faults')).text).toBe('[]');
  });

  it('rejects a control body that is not JSON', async () => {
    expect((await client.send('POST', '/sandbox/faults', '{')).status).toBe(400);
  });

  describe('webhooks', () => {
    const sign = (integrationId: unknown, body: unknown, rest: JsonObject = {}) =>
      client.send('POST', '/sandbox/webhooks', { tenant: 'acme', integrationId, body, ...rest });
    const signature = (key: unknown, body: string) => createHmac('sha256', String(key)).update(body).digest('base64');

    it('signs the exact body with the private key and sends the public key [S-247]', async () => {
      const { json } = await client.create('System', 'a', SAMPLES.System);
      const { publicSigningKey, privateSigningKey } = Object(json['configuration']);
      for (const [given, body] of [
        ['plain "text"', 'plain "text"'],
        [{ a: [1, 'é'] }, '{"a":[1,"é"]}'],
      ] as const) {
        const signed = (await sign(json['integrationId'], given)).json;
        expect(signed['body']).toBe(body);
        expect(signed['headers']).toEqual({
          'x-source-system': 'engine.hubster.io',
          'x-hub-id': client.hub,
          'x-integration-id': json['integrationId'],
          'x-conversation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
          'x-hubster-public-key': publicSigningKey,
          'x-hubster-signature': signature(privateSigningKey, body),
        });
      }
    });

    it('signs with the new keys after a regeneration [S-307]', async () => {
      const { json } = await client.create('System', 'a', SAMPLES.System);
      const configuration = { ...SAMPLES.System, regenerateKeys: true };
      const renewed = Object(
        (await client.portal('POST', `/hubs/${json['integrationId']}`, { configuration })).json['configuration'],
      );
      const { headers } = (await sign(json['integrationId'], 'x')).json;
      expect(headers).toMatchObject({
        'x-hubster-public-key': renewed.publicSigningKey,
        'x-hubster-signature': signature(renewed.privateSigningKey, 'x'),
      });
    });

    it('rejects an integration without keys, an unknown one, and a missing body', async () => {
      const { json } = await client.create('Slack', 'a', SAMPLES.Slack);
      expect((await sign(json['integrationId'], 'x')).status).toBe(400);
      expect((await sign(ID, 'x')).status).toBe(400);
      expect((await sign(json['integrationId'], undefined)).status).toBe(400);
    });

    it('delivers to a loopback webhookUrl only', async () => {
      const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
      const receiver = createServer(async (request, response) => {
        const chunks = await request.toArray();
        seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(403).end();
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const port = Object(receiver.address()).port;
      const { json } = await client.create('System', 'a', {
        ...SAMPLES.System,
        webhookUrl: `http://127.0.0.1:${port}/hook`,
      });
      const reply = (await sign(json['integrationId'], 'x', { deliver: true })).json;
      expect(reply['delivered']).toEqual({ status: 403 });
      expect(seen).toMatchObject([{ headers: reply['headers'], body: 'x' }]);
      await new Promise((resolve) => receiver.close(resolve));
      receiver.closeAllConnections();
      expect((await sign(json['integrationId'], 'x', { deliver: true })).json['delivered']).toEqual({ status: null });

      const elsewhere = await client.create('System', 'b', SAMPLES.System);
      expect((await sign(elsewhere.json['integrationId'], 'x', { deliver: true })).status).toBe(400);
    });
  });
});
