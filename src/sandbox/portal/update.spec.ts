import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';
import type { JsonObject } from '../json';

describe('Update and delete', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start({ quirks: false });
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  const update = (id: unknown, body: unknown) => client.portal('POST', `/hubs/${id}`, body);
  const created = async (channelId: keyof typeof SAMPLES, configuration: JsonObject = SAMPLES[channelId]) => {
    const { json } = await client.create(channelId, 'before', configuration);
    return { id: json['integrationId'], before: Object(json['configuration']) };
  };

  it.each(['TwilioSMS', 'Messenger', 'Slack'] as const)(
    'ignores a configuration of %s with a 200 [S-310]',
    async (channel) => {
      const { id, before } = await created(channel);
      const { status, json } = await update(id, { name: 'after', statusId: 3002, configuration: { anything: 1 } });
      expect([status, json['name'], json['statusId'], json['configuration']]).toEqual([200, 'after', 3002, before]);
    },
  );

  it('keeps members that the body omits [S-301]', async () => {
    const { id, before } = await created('System');
    await update(id, { statusId: 3002 });
    const { json } = await update(id, { name: 'after' });
    expect(json).toMatchObject({ integrationId: id, statusId: 3002, configuration: before });
  });

  it('replaces a configuration entirely [S-303]', async () => {
    const { id } = await created('WebChat');
    const { json } = await update(id, { configuration: { allowedOrigins: ['a.example'] } });
    expect(json['configuration']).toEqual({ allowedOrigins: ['a.example'], echo: true });
  });

  it('validates a configuration as on create', async () => {
    const { id } = await created('WebChat');
    expect((await update(id, { configuration: { start: [] } })).codes).toEqual([301]);
    expect((await update(id, { configuration: { allowedOrigins: ['a'], echo: true } })).codes).toEqual([303]);
    expect((await update(id, { hubId: client.hub })).codes).toEqual([303]);
    expect((await update(id, { configuration: null })).codes).toEqual([302]);
  });

  it("accepts the document's sample for Direct, and keeps the current integration type [S-304]", async () => {
    const { id, before } = await created('Direct');
    const webhookUrl = 'http://hubster.io/v1/api/integration?customer=1';
    const { json } = await update(id, { name: 'Direct', statusId: 3002, configuration: { Echo: true, webhookUrl } });
    expect(json).toMatchObject({ integrationTypeId: 'Agent', name: 'Direct', statusId: 3002 });
    expect(json['configuration']).toEqual({ ...before, webhookUrl });
  });

  it('switches a Direct to websockets without a webhookUrl, and back with the same keys [S-233]', async () => {
    const { id, before } = await created('Direct');
    const websocket = await update(id, { configuration: { integrationType: 'Bot' } });
    expect(websocket.json).toMatchObject({ integrationTypeId: 'Bot' });
    expect(websocket.json['configuration']).toEqual({ integrationType: 'Bot', echo: false });
    const back = await update(id, { configuration: SAMPLES.Direct });
    expect(back.json['configuration']).toEqual(before);
  });

  it('gives a Direct its first keys when it gets its first webhookUrl', async () => {
    const { id } = await created('Direct', { integrationType: 'Bot' });
    const { json } = await update(id, { configuration: SAMPLES.Direct });
    expect(json['configuration']).toHaveProperty('privateSigningKey');
  });

  it.each(['Direct', 'System'] as const)(
    'generates new keys for %s with regenerateKeys, and omits the flag [S-306, S-309]',
    async (channel) => {
      const { id, before } = await created(channel);
      const kept = await update(id, { configuration: { ...SAMPLES[channel], regenerateKeys: false } });
      expect(kept.json['configuration']).toEqual(before);
      const renewed = Object(
        (await update(id, { configuration: { ...SAMPLES[channel], regenerateKeys: true } })).json['configuration'],
      );
      expect(renewed).not.toHaveProperty('regenerateKeys');
      expect(renewed.publicSigningKey).not.toBe(before.publicSigningKey);
      expect(renewed.privateSigningKey).not.toBe(before.privateSigningKey);
    },
  );

  it('rejects regenerateKeys on WebChat [S-306]', async () => {
    const { id } = await created('WebChat');
    const { codes } = await update(id, { configuration: { ...SAMPLES.WebChat, regenerateKeys: true } });
    expect(codes).toEqual([303]);
  });

  it('requires names that are unique within a hub, but accepts the current one [S-318]', async () => {
    const { id } = await created('System');
    await client.create('Slack', 'other', SAMPLES.Slack);
    expect((await update(id, { name: 'other' })).codes).toEqual([700]);
    expect((await update(id, { name: 'before' })).status).toBe(200);
  });

  it('responds with 404 for an unknown integration and for that of another tenant (PRT000799)', async () => {
    const { json } = await client.create('Slack', 'a', SAMPLES.Slack, 'globex');
    for (const id of [json['integrationId'], '00000000-0000-0000-0000-000000000000']) {
      expect((await update(id, { name: 'b' })).codes).toEqual([799]);
      expect((await client.portal('DELETE', `/${id}`)).codes).toEqual([799]);
      expect((await client.portal('GET', `/${id}`)).codes).toEqual([799]);
    }
    expect(await client.names('globex')).toEqual(['a']);
  });

  it('deletes an integration once, with an empty 200 [S-320]', async () => {
    const { id } = await created('System');
    const first = await client.portal('DELETE', `/${id}`);
    expect([first.status, first.text]).toEqual([200, '']);
    expect((await client.portal('DELETE', `/${id}`)).codes).toEqual([799]);
  });
});
