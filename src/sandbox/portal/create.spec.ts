import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';

const KEY = /^[0-9A-F]{32}$/;
const GUID = /^[0-9a-f-]{36}$/;

describe('Create', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start({ quirks: false });
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  it.each([
    ['TwilioSMS', 'Customer'],
    ['Messenger', 'Customer'],
    ['WebChat', 'Customer'],
    ['Direct', 'Agent'],
    ['System', 'System'],
    ['Slack', 'Agent'],
  ] as const)('accepts the document sample of %s repeatedly [S-110, S-112]', async (channelId, type) => {
    for (const name of ['first', 'second']) {
      const { status, json } = await client.create(channelId, name, SAMPLES[channelId]);
      expect(status).toBe(200);
      expect(json).toMatchObject({ hubId: client.hub, channelId, integrationTypeId: type, name, statusId: 3000 });
      expect(json['integrationId']).toMatch(GUID);
      expect(json).not.toHaveProperty('inboundId');
    }
  });

  it('adds phone number and capabilities to TwilioSMS [S-203]', async () => {
    const { json } = await client.create('TwilioSMS', 'a', SAMPLES.TwilioSMS);
    expect(json['configuration']).toEqual({
      ...SAMPLES.TwilioSMS,
      phoneNumber: expect.stringMatching(/^\+1647\d{7}$/),
      capabilities: { mms: true, sms: true, voice: true },
    });
  });

  it('adds application and page as digit strings to Messenger [S-211]', async () => {
    const { json } = await client.create('Messenger', 'a', SAMPLES.Messenger);
    const digits = expect.stringMatching(/^\d{15}$/);
    expect(json['configuration']).toEqual({ ...SAMPLES.Messenger, appId: digits, pageId: digits });
  });

  it('returns Slack with tokens, without code or state [S-252, S-253]', async () => {
    const { json } = await client.create('Slack', 'a', SAMPLES.Slack);
    expect(json['configuration']).toEqual({
      botAccessToken: expect.stringMatching(/^xoxb-/),
      appAccessToken: expect.stringMatching(/^xoxp-/),
      defaultPublicChannel: 'general',
      teamId: expect.stringMatching(/^T/),
      botName: 'Hubster.io',
    });
  });

  it('accepts exactly one of state and nonce for Slack [S-251]', async () => {
    expect((await client.create('Slack', 'a', { code: 'one', nonce: 'n' })).status).toBe(200);
    expect((await client.create('Slack', 'b', { code: 'two', nonce: 'n', state: 's' })).codes).toEqual([303]);
    expect((await client.create('Slack', 'b', { code: 'two' })).codes).toEqual([301]);
  });

  it.each(['Direct', 'System'] as const)(
    'generates two different keys for %s with a webhook [S-235, S-244]',
    async (channel) => {
      const { json } = await client.create(channel, 'a', SAMPLES[channel]);
      const keys = { publicSigningKey: expect.stringMatching(KEY), privateSigningKey: expect.stringMatching(KEY) };
      expect(json['configuration']).toEqual({ ...SAMPLES[channel], ...keys });
      const { publicSigningKey, privateSigningKey } = Object(json['configuration']);
      expect(publicSigningKey).not.toBe(privateSigningKey);
    },
  );

  it('returns no keys for a Direct that delivers over websockets [S-509]', async () => {
    const { json } = await client.create('Direct', 'a', { integrationType: 'Bot', echo: true });
    expect(json).toMatchObject({ integrationTypeId: 'Bot' });
    expect(json['configuration']).toEqual({ integrationType: 'Bot', echo: true });
  });

  it('reports all errors of a body at once, each with its code in the text [S-713]', async () => {
    const body = {
      channelId: 'TwilioSMS',
      statusId: '3000',
      colour: 1,
      configuration: { authToken: 1, accountSid: '' },
    };
    const { status, json, codes } = await client.portal('POST', `/hubs/${client.hub}`, body);
    expect(status).toBe(400);
    expect(json['status']).toBe(400);
    expect([...codes].sort()).toEqual([301, 301, 301, 302, 302, 303]);
    expect(json['errors']).toContainEqual({
      code: 301,
      description: "Property 'numberSid' is required. (code: PRT000301)",
    });
  });

  it.each([
    ['a property of another channel [S-108]', 'TwilioSMS', { ...SAMPLES.TwilioSMS, pageAccessToken: 'x' }, 303],
    ['a read-only property', 'TwilioSMS', { ...SAMPLES.TwilioSMS, phoneNumber: '+1' }, 303],
    ['the same key in two spellings [S-109]', 'Messenger', { pageAccessToken: 'x', PageAccessToken: 'y' }, 303],
    ['regenerateKeys on create [S-306]', 'System', { ...SAMPLES.System, regenerateKeys: true }, 303],
    ['a string that is too long', 'Messenger', { pageAccessToken: 'x'.repeat(4097) }, 207],
    ['no origin [S-220]', 'WebChat', { allowedOrigins: [] }, 306],
    ['origins that are not a list [S-220]', 'WebChat', { allowedOrigins: 'localhost' }, 302],
    ['an origin that is not a string [S-220]', 'WebChat', { allowedOrigins: [1] }, 302],
    ['a message without a type [S-222]', 'WebChat', { allowedOrigins: ['a'], start: [{}] }, 301],
    ['a message that is not an object [S-222]', 'WebChat', { allowedOrigins: ['a'], start: ['hi'] }, 302],
    ['an unknown type of message [S-224]', 'WebChat', { allowedOrigins: ['a'], start: [{ type: 'smoke' }] }, 206],
    ['an empty text message [S-224]', 'WebChat', { allowedOrigins: ['a'], start: [{ type: 'text' }] }, 307],
    ['an internal integration type [S-236]', 'Direct', { integrationType: 'Hubster' }, 206],
    ['no integration type [S-230]', 'Direct', {}, 301],
    ['an echo that is not a boolean [S-231]', 'Direct', { integrationType: 'Bot', echo: 'yes' }, 302],
    ['a webhookUrl that is not a web URL [S-232]', 'Direct', { integrationType: 'Bot', webhookUrl: 'ftp://a' }, 206],
    ['a relative webhookUrl [S-232]', 'Direct', { integrationType: 'Bot', webhookUrl: '/a' }, 206],
    ['no webhookUrl on System [S-241]', 'System', { events: ['message'] }, 301],
    ['no event [S-242]', 'System', { webhookUrl: 'http://a', events: [] }, 306],
    ['an unknown event [S-243]', 'System', { webhookUrl: 'http://a', events: ['message:cat'] }, 206],
    ['an echo on System [S-246]', 'System', { ...SAMPLES.System, echo: true }, 303],
    ['an unknown channel [S-102]', 'Fax', {}, 206],
    ['a channel in another spelling than documented [S-102]', 'twiliosms', SAMPLES.TwilioSMS, 206],
    ['a channel without documented configuration [S-260]', 'Bot', {}, 206],
    ['a channel that is not a string', 102, SAMPLES.TwilioSMS, 302],
    ['a configuration that is not an object [S-107]', 'TwilioSMS', [], 302],
  ])('rejects %s', async (_what, channelId, configuration, code) => {
    const { status, codes } = await client.create(channelId, 'a', configuration);
    expect([status, codes]).toEqual([400, [code]]);
    expect(await client.names()).toEqual([]);
  });

  it.each([
    ['a statusId between the two [S-106]', { statusId: 3001 }, 206],
    ['a statusId as text [S-105]', { statusId: '3000' }, 302],
    ['a name that is too long [S-103]', { name: 'x'.repeat(256) }, 207],
    ['an empty name [S-103]', { name: '' }, 301],
  ])('rejects %s', async (_what, part, code) => {
    const body = { channelId: 'Messenger', name: 'a', configuration: SAMPLES.Messenger, ...part };
    expect((await client.portal('POST', `/hubs/${client.hub}`, body)).codes).toEqual([code]);
  });

  it('handles names of Object.prototype as unknown names', async () => {
    const body = '{"channelId":"constructor","name":"a","configuration":{"__proto__":{"authToken":"x"}},"toString":1}';
    expect((await client.portal('POST', `/hubs/${client.hub}`, body)).codes).toEqual([303, 206]);
  });

  it.each([
    ['no body', '', 300],
    ['a body that is not JSON', '{', 302],
    ['a body that is not an object', '[]', 302],
  ])('rejects %s', async (_what, body, code) => {
    expect((await client.portal('POST', `/hubs/${client.hub}`, body)).codes).toEqual([code]);
  });

  it('accepts a paused status and documented keys in any case', async () => {
    const body = {
      channelId: 'Direct',
      name: 'a',
      statusId: 3002,
      configuration: { IntegrationType: 'Bot', Echo: true },
    };
    const { json } = await client.portal('POST', `/hubs/${client.hub}`, body);
    expect(json).toMatchObject({ statusId: 3002, configuration: { integrationType: 'Bot', echo: true } });
  });

  it('rejects a hub of another tenant like an unknown one (PRT000699)', async () => {
    const foreign = client.tenant('globex').hubs[0];
    const body = { channelId: 'Messenger', name: 'a', configuration: SAMPLES.Messenger };
    const absent = await client.portal('POST', '/hubs/00000000-0000-0000-0000-000000000000', body);
    const other = await client.portal('POST', `/hubs/${foreign}`, body);
    expect([other.status, other.codes, other.text]).toEqual([404, [699], absent.text]);
  });

  it('rejects a hub id that is not a GUID (PRT000203), and accepts capitals', async () => {
    const body = { channelId: 'Messenger', name: 'a', configuration: SAMPLES.Messenger };
    expect((await client.portal('POST', '/hubs/nonsense', body)).codes).toEqual([203]);
    expect((await client.portal('POST', `/hubs/${client.hub.toUpperCase()}`, body)).json['hubId']).toBe(client.hub);
  });

  it('reports the missing channelId for a body at a hub [S-300]', async () => {
    const { codes } = await client.portal('POST', `/hubs/${client.hub}`, { name: 'a', configuration: {} });
    expect(codes).toEqual([301]);
  });

  it('requires names that are unique within a hub (PRT000700)', async () => {
    await client.create('Messenger', 'a', SAMPLES.Messenger);
    expect((await client.create('Slack', 'a', SAMPLES.Slack)).codes).toEqual([700]);
    const body = { channelId: 'Slack', name: 'a', configuration: SAMPLES.Slack };
    expect((await client.portal('POST', `/hubs/${client.acme.hubs[1]}`, body)).status).toBe(200);
  });

  it.each([
    ['TwilioSMS', { ...SAMPLES.TwilioSMS, numberSid: 'PN1' }, { authToken: 'b', accountSid: 'c', numberSid: 'PN1' }],
    ['Messenger', { pageAccessToken: 'EAA1' }, { pageAccessToken: 'EAA1' }],
    ['Slack', { code: 'T12345678.a', state: 's' }, { code: 'T12345678.b', state: 's' }],
  ])(
    'assigns one account of %s once across all hubs of all tenants, until it is deleted (PRT000701)',
    async (channel, first, second) => {
      const { json } = await client.create(channel, 'a', first);
      const clash = await client.create(channel, 'b', second, 'globex');
      expect([clash.status, clash.codes]).toEqual([400, [701]]);
      await client.portal('DELETE', `/${json['integrationId']}`);
      const fresh = 'code' in second ? { ...second, code: 'T12345678.c' } : second;
      expect((await client.create(channel, 'b', fresh, 'globex')).status).toBe(200);
    },
  );

  it('accepts a Slack code once, even after its integration is deleted [S-250]', async () => {
    const { json } = await client.create('Slack', 'a', { code: 'once', state: 's' });
    await client.portal('DELETE', `/${json['integrationId']}`);
    expect((await client.create('Slack', 'b', { code: 'once', state: 's' })).codes).toEqual([206]);
  });

  it('requires application/json [S-003]', async () => {
    const headers = { authorization: `Bearer ${await client.token()}`, 'content-type': 'text/plain' };
    expect((await client.send('POST', `/api/v1/integrations/hubs/${client.hub}`, '{}', headers)).status).toBe(415);
  });
});
