import fc from 'fast-check';
import type { Channel } from '../channels/channel';
import { CHANNELS, channelById, channelByNumber } from '../channels/channel-registry';
import type { Integration } from '../hubster/integration';
import { JsonNumber } from '../json/json-number';
import type { JsonObject, JsonValue } from '../json/json-value';
import { MASK, Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { type IntegrationView, IntegrationViews } from './integration-view';

const CANARY = 'canary-41c7';
const views = new IntegrationViews(new SecretKeys(Secret.of('k'.repeat(32))));
const FIELDS = ['integrationId', 'hubId', 'inboundId', 'integrationTypeId', 'channelId', 'name', 'statusId'];

const integration = (channel: Channel | undefined, configuration: JsonObject): Integration => ({
  integrationId: '00000000-0000-0000-0000-000000000001',
  hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
  inboundId: 'AC1f',
  integrationTypeId: 'Customer',
  channel: channel ?? channelByNumber(999),
  name: 'Support line',
  statusId: 3000,
  configuration: Secret.of(configuration),
});

const twilio = integration(channelById('TwilioSMS'), {
  authToken: CANARY,
  accountSid: 'AC1f',
  numberSid: 'PN66',
  phoneNumber: '+16476960000',
  capabilities: { mms: true, sms: true, voice: true },
});

describe('the view of an integration', () => {
  it('has the documented fields and values', () => {
    expect(views.viewOf(twilio, 'acme')).toEqual({
      integrationId: '00000000-0000-0000-0000-000000000001',
      hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
      inboundId: 'AC1f',
      integrationTypeId: 'Customer',
      channelId: 'TwilioSMS',
      name: 'Support line',
      statusId: 3000,
      configuration: {
        authToken: MASK,
        accountSid: 'AC1f',
        numberSid: 'PN66',
        phoneNumber: '+16476960000',
        capabilities: { mms: true, sms: true, voice: true },
      },
      secrets: { authToken: { set: true, fingerprint: expect.stringMatching(/^fp2:[0-9a-f]{4}\.[a-z2-7]{16}$/) } },
    });
  });

  it('has its fields in the documented order, without absent ones [S-111]', () => {
    const keysOf = (view: IntegrationView) => Object.keys(JSON.parse(JSON.stringify(view)));
    expect(keysOf(views.viewOf(twilio, 'acme'))).toEqual([...FIELDS, 'configuration', 'secrets']);
    const { integrationId, hubId, channel, configuration } = twilio;
    expect(keysOf(views.viewOf({ integrationId, hubId, channel, configuration }, 'acme'))).toEqual([
      'integrationId',
      'hubId',
      'channelId',
      'configuration',
      'secrets',
    ]);
  });

  it('shows no field that it does not list [N1]', () => {
    const more = { ...twilio, [CANARY]: 1, hub: { key: CANARY }, created: CANARY, toJSON: () => CANARY };
    expect(JSON.stringify(views.viewOf(more, 'acme'))).not.toContain('canary');
  });

  it('masks a secret that is a number, and distinguishes two that are equal as doubles', () => {
    const seen = ['10154275849012345678', '10154275849012345679'].map((text) =>
      views.viewOf(integration(channelById('TwilioSMS'), { authToken: new JsonNumber(text) }), 'acme'),
    );
    expect(seen.map(({ configuration }) => configuration)).toEqual([{ authToken: MASK }, { authToken: MASK }]);
    expect(new Set(seen.map(({ secrets }) => secrets['authToken']?.fingerprint)).size).toBe(2);
  });

  it('has a fingerprint that differs by tenant, integration, channel, field and value', () => {
    const printOf = (channelId: string, field: string, value: string, tenant: string, integrationId = 'i1') =>
      views.viewOf({ ...integration(channelById(channelId), { [field]: value }), integrationId }, tenant).secrets[field]
        ?.fingerprint;
    const prints = [
      printOf('Direct', 'privateSigningKey', 'a', 'acme'),
      printOf('Direct', 'privateSigningKey', 'b', 'acme'),
      printOf('Direct', 'privateSigningKey', 'a', 'globex'),
      printOf('Direct', 'privateSigningKey', 'a', 'acme', 'i2'),
      printOf('System', 'privateSigningKey', 'a', 'acme'),
      printOf('Slack', 'botAccessToken', 'a', 'acme'),
      printOf('Slack', 'appAccessToken', 'a', 'acme'),
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(prints[0]).toBe(printOf('Direct', 'privateSigningKey', 'a', 'acme'));
  });

  it('lists no secret if none is set [S-227, S-509]', () => {
    expect(views.viewOf(integration(channelById('WebChat'), { authToken: 'x' }), 'acme').secrets).toEqual({});
    expect(views.viewOf(integration(channelById('Direct'), { privateSigningKey: '' }), 'acme').secrets).toEqual({});
  });

  it('masks the whole configuration of an unknown channel [S-401]', () => {
    expect(views.viewOf(integration(undefined, { accountSid: CANARY }), 'acme')).toMatchObject({
      channelId: '999',
      configuration: { accountSid: MASK },
      secrets: {},
    });
  });

  it('shows no secret and no undeclared value, whatever its key, case and depth [S-755, S-756]', () => {
    const { secret } = fc.letrec<{ secret: JsonValue }>((tie) => ({
      secret: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(CANARY, `Bearer ${CANARY}`),
        fc.array(tie('secret'), { maxLength: 2 }),
        fc.dictionary(fc.string(), tie('secret'), { maxKeys: 2 }),
      ),
    }));
    const integrations = fc.constantFrom(undefined, ...CHANNELS).chain((channel) => {
      const shown = new Set(
        (channel?.fields ?? []).filter((field) => !field.secret).map(({ name }) => name.toLowerCase()),
      );
      const names = (channel?.fields ?? []).filter((field) => field.secret).map(({ name }) => name);
      const key = fc.oneof(
        fc.constantFrom('token', ...names).chain((name) => fc.mixedCase(fc.constant(name))),
        fc.string(),
      );
      const hidden = key.filter((name) => !shown.has(name.toLowerCase()));
      return fc.dictionary(hidden, secret).map((configuration) => integration(channel, configuration));
    });
    fc.assert(
      fc.property(integrations, (one) => {
        expect(JSON.stringify(views.viewOf(one, 'acme'))).not.toContain('canary');
      }),
    );
  });

  it('masks probable secrets in a webhookUrl [S-240]', () => {
    const direct = integration(channelById('Direct'), {
      webhookUrl: `https://u:${CANARY}@h.io/?sig=${CANARY}&customer=1`,
    });
    expect(views.viewOf(direct, 'acme').configuration).toEqual({
      webhookUrl: `https://${MASK}@h.io/?sig=${MASK}&customer=1`,
    });
  });

  it('has a fingerprint of a webhookUrl that is masked in parts, and none of one that is shown', () => {
    const secretsOf = (webhookUrl: JsonValue) =>
      views.viewOf(integration(channelById('System'), { webhookUrl }), 'acme').secrets;
    const [one, other] = ['one', 'two'].map((token) => secretsOf(`https://h.io/?token=${token}`));
    expect(one).toEqual({
      webhookUrl: { set: true, fingerprint: expect.stringMatching(/^fp2:[0-9a-f]{4}\.[a-z2-7]{16}$/) },
    });
    expect(other).not.toEqual(one);
    expect(secretsOf('https://h.io/in')).toEqual({});
    expect(secretsOf(null)).toEqual({});
  });

  it('masks entries of lists that may contain a token, and has a fingerprint of the list', () => {
    const chat = { allowedOrigins: ['hubster.io', 'https://u:p@hubster.io', 'https://hubster.io/'] };
    expect(views.viewOf(integration(channelById('WebChat'), chat), 'acme')).toMatchObject({
      configuration: { allowedOrigins: ['hubster.io', `https://${MASK}@hubster.io`, 'https://hubster.io/'] },
      secrets: { allowedOrigins: { set: true } },
    });
    const system = { events: ['message:customer', 'legacy', 'abcdefghij012345'] };
    expect(views.viewOf(integration(channelById('System'), system), 'acme').configuration).toEqual({
      events: ['message:customer', 'legacy', MASK],
    });
  });
});
