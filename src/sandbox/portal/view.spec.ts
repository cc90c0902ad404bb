import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';
import { isJsonObject, type JsonObject } from '../json';

const MODEL_FIELDS = { created: expect.any(String), modified: expect.any(String), sequence: expect.any(Number) };

describe('With quirks on', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start();
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  /** One integration as each kind of endpoint returns it. */
  const everywhere = async (channelId: keyof typeof SAMPLES, configuration: JsonObject = SAMPLES[channelId]) => {
    const write = (await client.create(channelId, channelId, configuration)).json;
    const get = (await client.portal('GET', `/${write['integrationId']}`)).json;
    const [list] = (await client.portal('GET', `/hubs/${client.hub}/${channelId}`)).list.filter(isJsonObject).slice(-1);
    const { results } = (await client.portal('GET', '')).json;
    expect(Array.isArray(results) && results.at(-1)).toEqual(list);
    return { write, get, list: list ?? {} };
  };
  const keysOf = (response: JsonObject): readonly string[] => Object.keys(Object(response['configuration'])).sort();

  it('returns TwilioSMS in camelCase on writes and PascalCase on reads, inboundId on Get only [S-205, S-207, S-403]', async () => {
    const { write, get, list } = await everywhere('TwilioSMS');
    expect(keysOf(write)).toEqual(['accountSid', 'authToken', 'capabilities', 'numberSid', 'phoneNumber']);
    const pascal = ['AccountSid', 'AuthToken', 'Capabilities', 'NumberSid', 'PhoneNumber'];
    expect([keysOf(get), keysOf(list)]).toEqual([pascal, pascal]);
    expect(get).toMatchObject({ configuration: { Capabilities: { Mms: true, Sms: true, Voice: true } } });
    expect(get['inboundId']).toBe(SAMPLES.TwilioSMS.accountSid);
    expect(write).not.toHaveProperty('inboundId');
    expect(list).not.toHaveProperty('inboundId');
  });

  it('returns every second TwilioSMS with numbers and a third c on Get only [S-206, S-401]', async () => {
    const first = (await client.create('TwilioSMS', 'first', SAMPLES.TwilioSMS)).json;
    const { get, list } = await everywhere('TwilioSMS');
    expect(get).toMatchObject({
      integrationTypeId: 2,
      channelId: 102,
      configuration: { AcccountSid: SAMPLES.TwilioSMS.accountSid },
    });
    expect(get['configuration']).not.toHaveProperty('AccountSid');
    expect(list).toMatchObject({ integrationTypeId: 'Customer', channelId: 'TwilioSMS' });
    const regular = (await client.portal('GET', `/${first['integrationId']}`)).json;
    expect(regular).toMatchObject({
      channelId: 'TwilioSMS',
      configuration: { AccountSid: SAMPLES.TwilioSMS.accountSid },
    });
  });

  it('returns Messenger in PascalCase on reads, with the page as inboundId [S-212, S-213]', async () => {
    const { write, get } = await everywhere('Messenger');
    expect(keysOf(write)).toEqual(['appId', 'pageAccessToken', 'pageId']);
    expect(keysOf(get)).toEqual(['AppId', 'PageAccessToken', 'PageId']);
    expect(get['inboundId']).toBe(Object(write['configuration']).pageId);
  });

  it('returns WebChat in PascalCase on writes and camelCase on reads [S-223, S-225]', async () => {
    const { write, get, list } = await everywhere('WebChat');
    expect(write['configuration']).toEqual({
      AllowedOrigins: SAMPLES.WebChat.allowedOrigins,
      Echo: true,
      Start: SAMPLES.WebChat.start,
    });
    expect(get['configuration']).toEqual({ ...SAMPLES.WebChat, echo: true });
    expect(list['configuration']).toEqual(get['configuration']);
  });

  it('returns Slack in PascalCase on reads [S-254]', async () => {
    const { write, get } = await everywhere('Slack');
    expect(keysOf(write)).toEqual(['appAccessToken', 'botAccessToken', 'botName', 'defaultPublicChannel', 'teamId']);
    expect(keysOf(get)).toEqual(['AppAccessToken', 'BotAccessToken', 'BotName', 'DefaultPublicChannel', 'TeamId']);
  });

  it('returns System in camelCase everywhere', async () => {
    const { write, get, list } = await everywhere('System');
    expect(get['configuration']).toEqual(write['configuration']);
    expect(list['configuration']).toEqual(write['configuration']);
  });

  it('returns Direct with webhook in mixed case, and a single text as WelcomeMessage [S-237, S-238, S-239]', async () => {
    const start = [{ type: 'text', text: 'Welcome' }];
    const { write, get, list } = await everywhere('Direct', { ...SAMPLES.Direct, start });
    const { publicSigningKey, privateSigningKey } = Object(write['configuration']);
    expect(write['configuration']).toMatchObject({ ...SAMPLES.Direct, start });
    expect(get['configuration']).toEqual({
      WebhookUrl: SAMPLES.Direct.webhookUrl,
      publicSigningKey,
      privateSigningKey,
      Echo: true,
      WelcomeMessage: 'Welcome',
    });
    expect(list['configuration']).toEqual(get['configuration']);
  });

  it.each([
    [
      'two messages',
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    ],
    ['a text with actions', [{ type: 'text', text: 'a', actions: [] }]],
    ['no text', [{ type: 'image', url: 'http://a' }]],
    ['nothing', []],
  ])('returns the start of a Direct unchanged if it is %s', async (_what, start) => {
    const { get } = await everywhere('Direct', { ...SAMPLES.Direct, start });
    expect(get['configuration']).toMatchObject({ start });
    expect(get['configuration']).not.toHaveProperty('WelcomeMessage');
  });

  it('returns a Direct over websockets with Echo only [S-505, S-509]', async () => {
    const { get, list } = await everywhere('Direct', { integrationType: 'Agent', echo: true });
    expect([get['configuration'], list['configuration']]).toEqual([{ Echo: true }, { Echo: true }]);
  });

  it('adds fields of the model to reads only [S-407]', async () => {
    const { write, get, list } = await everywhere('System');
    expect(get).toMatchObject(MODEL_FIELDS);
    expect(list).toMatchObject(MODEL_FIELDS);
    expect(write).not.toHaveProperty('sequence');
  });
});

describe('With quirks off', () => {
  it('returns documented camelCase and names everywhere', async () => {
    const client = await SandboxClient.start({ quirks: false });
    for (const channelId of ['TwilioSMS', 'TwilioSMS', 'Messenger', 'WebChat', 'Direct', 'System', 'Slack'] as const) {
      const { json } = await client.create(channelId, `${channelId} ${Math.random()}`, SAMPLES[channelId]);
      const { inboundId: _documented, ...get } = (await client.portal('GET', `/${json['integrationId']}`)).json;
      expect(get).toEqual(json);
    }
    await client.close();
  });
});
