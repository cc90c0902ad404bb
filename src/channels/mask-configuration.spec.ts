import { direct } from './direct/direct.channel';
import { maskConfiguration, secretsOf } from './mask-configuration';
import { slack } from './slack/slack.channel';
import { twilioSms } from './twilio-sms/twilio-sms.channel';
import { webChat } from './web-chat/web-chat.channel';

const MASK = '********';

describe('maskConfiguration', () => {
  it('replaces every secret by the same mask, whatever its length or type [S-756]', () => {
    for (const value of ['', 'x', 'x'.repeat(4096), 0, false, null, [], { deep: 'x' }]) {
      expect(maskConfiguration(twilioSms, { authToken: value })).toEqual({ authToken: MASK });
    }
  });

  it.each(['AuthToken', 'AUTHTOKEN', 'authtoken'])('masks a secret under %s [S-205]', (key) => {
    expect(maskConfiguration(twilioSms, { [key]: 'x' })).toEqual({ [key]: MASK });
  });

  it('masks the whole value of undeclared keys and of aliases [S-756]', () => {
    const configuration = { AcccountSid: 'AC1', owner: { name: 'x' }, flag: true };
    expect(maskConfiguration(twilioSms, configuration)).toEqual({ AcccountSid: MASK, owner: MASK, flag: MASK });
  });

  it.each([
    [twilioSms, { accountSid: 'AC1', numberSid: 'PN1', phoneNumber: '+1' }],
    [webChat, { allowedOrigins: ['hubster.io'], echo: true, start: [{ type: 'text', Text: 'Hi' }] }],
    [direct, { integrationType: 'Agent', publicSigningKey: '6DF60E', welcomeMessage: 'Welcome ...' }],
    [slack, { defaultPublicChannel: 'general', teamId: 'T5P19488N', botName: 'Hubster.io' }],
  ])('shows declared values that are not secret', (channel, configuration) => {
    expect(maskConfiguration(channel, configuration)).toEqual(configuration);
  });

  it.each([
    ['a text', twilioSms, 'accountSid', { sid: 'x' }],
    ['a boolean', webChat, 'echo', 'x'],
    ['origins', webChat, 'allowedOrigins', ['hubster.io', { token: 'x' }]],
    ['messages', webChat, 'start', ['x']],
    ['flags', twilioSms, 'capabilities', 'x'],
    ['a webhook URL', direct, 'webhookUrl', { url: 'x' }],
  ])('masks a value that is not %s where one is declared', (_what, channel, key, value) => {
    expect(maskConfiguration(channel, { [key]: value })).toEqual({ [key]: MASK });
  });

  it('shows null in a field that is not secret', () => {
    expect(maskConfiguration(webChat, { start: null })).toEqual({ start: null });
  });

  it('gives nested declared keys their documented spelling and masks the others [S-203, S-205]', () => {
    const capabilities = { Mms: true, SMS: false, voice: 'x', fax: true };
    expect(maskConfiguration(twilioSms, { capabilities })).toEqual({
      capabilities: { mms: true, sms: false, voice: MASK, fax: MASK },
    });
  });

  it('masks user-info and secret-looking query parameters of webhookUrl [S-240]', () => {
    const webhookUrl = 'https://user:pass@hubster.io/hook?customer=1&access_token=abc';
    expect(maskConfiguration(direct, { webhookUrl })).toEqual({
      webhookUrl: `https://${MASK}@hubster.io/hook?customer=1&access_token=${MASK}`,
    });
  });

  it('shows an integration type by its name, an unknown number as digits [S-237, S-401]', () => {
    expect(maskConfiguration(direct, { integrationType: 3 })).toEqual({ integrationType: 'Agent' });
    expect(maskConfiguration(direct, { integrationType: 9 })).toEqual({ integrationType: '9' });
  });

  it('keeps a key called __proto__ as a key, masked', () => {
    const response = maskConfiguration(twilioSms, JSON.parse('{"__proto__": {"accountSid": "x"}}'));
    expect(JSON.stringify(response)).toBe(`{"__proto__":"${MASK}"}`);
  });
});

describe('secretsOf', () => {
  it('returns the secrets that are set, under their documented names', () => {
    const secrets = secretsOf(slack, { BotAccessToken: 'xoxb', appAccessToken: 'xoxp', teamId: 'T5', code: '' });
    expect([...secrets]).toEqual([
      ['botAccessToken', 'xoxb'],
      ['appAccessToken', 'xoxp'],
    ]);
  });

  it('returns a secret that is not a text as JSON', () => {
    expect([...secretsOf(slack, { code: 42 })]).toEqual([['code', '42']]);
  });
});
