import { CHANNELS, channelById } from '../../src/channels/channel-registry';
import { renameKeys } from '../../src/channels/configuration-keys';
import { maskConfiguration } from '../../src/channels/mask-configuration';
import { configurationErrors } from '../../src/channels/validate-configuration';
import { isJsonObject, type JsonObject, sameJson } from '../../src/json/json-value';
import { type ChannelCases, channelContract } from './channel.contract';
import { SAMPLES } from './document/samples';

const UNDOCUMENTED: ChannelCases = {
  required: [],
  optional: [],
  updateOnly: [],
  readOnly: [],
  secret: [],
  wrongTypes: {},
  foreignKey: 'webhookUrl',
};

/** The fields of each channel (docs/requirements.md), written by hand. */
const CASES: Readonly<Record<string, ChannelCases>> = {
  TwilioSMS: {
    required: ['authToken', 'accountSid', 'numberSid'],
    optional: [],
    updateOnly: [],
    readOnly: ['phoneNumber', 'capabilities'],
    secret: ['authToken'],
    wrongTypes: { authToken: 1, accountSid: ['x'], numberSid: null },
    foreignKey: 'pageAccessToken',
  },
  Messenger: {
    required: ['pageAccessToken'],
    optional: [],
    updateOnly: [],
    readOnly: ['appId', 'pageId'],
    secret: ['pageAccessToken'],
    wrongTypes: { pageAccessToken: { value: 'x' } },
    foreignKey: 'authToken',
  },
  WebChat: {
    required: ['allowedOrigins'],
    optional: ['start'],
    updateOnly: [],
    readOnly: ['echo'],
    secret: [],
    wrongTypes: { allowedOrigins: 'hubster.io', start: { type: 'text', text: 'x' } },
    foreignKey: 'webhookUrl',
  },
  Direct: {
    required: ['integrationType'],
    optional: ['echo', 'webhookUrl', 'start'],
    updateOnly: ['regenerateKeys'],
    readOnly: ['publicSigningKey', 'privateSigningKey', 'welcomeMessage'],
    secret: ['privateSigningKey'],
    wrongTypes: { integrationType: true, echo: 'yes', webhookUrl: 1, start: 'Welcome', regenerateKeys: 1 },
    foreignKey: 'events',
  },
  System: {
    required: ['webhookUrl', 'events'],
    optional: [],
    updateOnly: ['regenerateKeys'],
    readOnly: ['publicSigningKey', 'privateSigningKey'],
    secret: ['privateSigningKey'],
    wrongTypes: { webhookUrl: ['https://hubster.io'], events: 'message', regenerateKeys: 'true' },
    foreignKey: 'integrationType',
  },
  Slack: {
    required: ['code'],
    optional: ['state', 'nonce'],
    updateOnly: [],
    readOnly: ['botAccessToken', 'appAccessToken', 'defaultPublicChannel', 'teamId', 'botName'],
    secret: ['code', 'state', 'nonce', 'botAccessToken', 'appAccessToken'],
    wrongTypes: { code: 1, state: 2, nonce: 3 },
    foreignKey: 'allowedOrigins',
  },
  Bot: UNDOCUMENTED,
  Line: UNDOCUMENTED,
  Telegram: UNDOCUMENTED,
  Kik: UNDOCUMENTED,
};

describe('every channel', () => {
  it('has cases in this file', () => {
    expect(CHANNELS.map(({ id }) => id).sort()).toEqual(Object.keys(CASES).sort());
  });

  for (const channel of CHANNELS) {
    const cases = CASES[channel.id];
    if (cases) channelContract(channel, cases);
  }
});

describe('the samples of the document', () => {
  const requests = SAMPLES.filter(({ file }) => file.endsWith('.request.json'));
  const responses = SAMPLES.filter(({ channel, kind }) => channel !== undefined && kind.endsWith('response'));

  it.each(requests)(
    '$file, L$lines, is valid without changes [S-110, S-251, S-304]',
    ({ body, kind, channel, operation }) => {
      const declared = channelOf(channel);
      const sent = renameKeys(
        declared,
        kind.endsWith('-request') ? objectOf(objectOf(body)['configuration']) : objectOf(body),
      );
      // An update of Direct may omit this field: the value of the current integration applies (S-230).
      const complete = operation === 'update' && channel === 'Direct' ? { integrationType: 'Agent' } : {};

      expect(sent.repeated).toEqual([]);
      expect(
        configurationErrors(
          declared,
          { ...complete, ...sent.configuration },
          operation === 'create' ? 'create' : 'update',
        ),
      ).toEqual([]);
    },
  );

  it.each(responses)(
    '$file, L$lines, has declared fields only, and its secrets are masked [S-115]',
    ({ body, channel }) => {
      const { secret = [] } = CASES[channel ?? ''] ?? {};
      for (const integration of Array.isArray(body) ? body : [body]) {
        const declared = channelOf(channel);
        const { configuration } = renameKeys(declared, objectOf(objectOf(integration)['configuration']));
        const names = declared.fields.map(({ name }) => name);
        const masked = Object.entries(maskConfiguration(declared, configuration)).filter(
          ([, value]) => value === '********',
        );

        expect(names).toEqual(expect.arrayContaining(Object.keys(configuration)));
        expect(masked.map(([key]) => key).sort()).toEqual(
          Object.keys(configuration)
            .filter((key) => secret.includes(key))
            .sort(),
        );
      }
    },
  );
});

describe('channels', () => {
  it.each(Object.keys(CASES).filter((id) => CASES[id] !== UNDOCUMENTED))(
    '%s is read after a write, unless its documented write responses have all that Get has [S-771]',
    (id) => {
      const membersOf = (operation: string) =>
        SAMPLES.filter(
          (sample) => sample.channel === id && sample.kind === 'response' && sample.operation === operation,
        )
          .map(({ body }) => objectOf(body))
          .map((body) => [
            ...Object.keys(body),
            ...Object.keys(renameKeys(channelOf(id), objectOf(body['configuration'])).configuration),
          ])
          .map((names) => names.sort());
      const [read] = membersOf('get');
      const written = [...membersOf('create'), ...membersOf('update')];
      expect(written.length).toBeGreaterThan(0);
      expect(channelOf(id).writesShowAll).toBe(written.every((names) => sameJson(names, read)));
    },
  );

  it.each([
    ['TwilioSMS', 'Customer', 'frozen'],
    ['Messenger', 'Customer', 'frozen'],
    ['WebChat', 'Customer', 'replaces'],
    ['Direct', 'configuration.integrationType', 'replaces'],
    ['System', 'System', 'replaces'],
    ['Slack', 'Agent', 'frozen'],
  ])(
    '%s has the integration type %s; an update of its configuration: %s [S-112, S-303, S-310]',
    (id, integrationType, configurationUpdate) => {
      expect(channelOf(id)).toMatchObject({ isCreatable: true, integrationType, configurationUpdate });
    },
  );

  it('Slack alone has a single-use code, which is never sent again [S-250]', () => {
    expect(CHANNELS.filter(({ isSingleUse }) => isSingleUse).map(({ id }) => id)).toEqual(['Slack']);
  });

  it.each(Object.keys(CASES).filter((id) => CASES[id] === UNDOCUMENTED))(
    '%s cannot be created, and its configuration is masked entirely [S-260]',
    (id) => {
      const channel = channelOf(id);
      expect(channel.isCreatable).toBe(false);
      expect(
        maskConfiguration(channel, { accountSid: 'x', echo: true, nested: { authToken: 'x' }, none: null }),
      ).toEqual({
        accountSid: '********',
        echo: '********',
        nested: '********',
        none: '********',
      });
    },
  );
});

function channelOf(id: string | undefined) {
  const channel = channelById(id);
  if (!channel) throw new Error(`No channel ${id}`);
  return channel;
}

function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error('The sample is not an object');
  return value;
}
