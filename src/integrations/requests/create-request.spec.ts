import { errorsOf, valid } from '../../../test/support/integrations/create-body';
import { CHANNELS } from '../../channels/channel-registry';
import { JsonNumber } from '../../json/json-number';
import { MASK } from '../../secrets/secret';
import { readCreate } from './create-request';

const CANARY = 'canary-9d2e';

const UNDOCUMENTED = CHANNELS.filter(({ isCreatable }) => !isCreatable);

describe('a create', () => {
  it('is read from the documented body, read-only fields included [S-100, S-110]', () => {
    const command = readCreate({ ...valid, statusId: 3002 });
    expect({ ...command, channel: command.channel.id, configuration: command.configuration.reveal() }).toEqual({
      ...valid,
      statusId: 3002,
      channel: 'TwilioSMS',
      channelId: undefined,
      warnings: [],
    });
  });

  it.each(CHANNELS.filter(({ isCreatable }) => isCreatable))('takes the example of $id [S-108]', ({ id, example }) => {
    expect(readCreate({ ...valid, channelId: id, configuration: example }).configuration.reveal()).toEqual(example);
  });

  it('does not print its configuration [N1]', () => {
    const configuration = { ...valid.configuration, authToken: CANARY };
    expect(JSON.stringify(readCreate({ ...valid, configuration }))).not.toContain(CANARY);
  });

  it.each(['TwilioSMS', 'twiliosms', 'TWILIOSMS', 102, '102'])('takes channel %j [S-102]', (channelId) => {
    expect(readCreate({ ...valid, channelId }).channel.id).toBe('TwilioSMS');
  });

  it.each(['Fax', '', 0, '0', 'Hubster', ...UNDOCUMENTED.map(({ id }) => id), 103])(
    'rejects channel %j [S-102, S-260]',
    (channelId) => {
      expect(errorsOf({ ...valid, channelId })).toEqual(['206 /channelId']);
    },
  );

  it.each([null, true, [], {}])('rejects a channel of the type of %j [S-102]', (channelId) => {
    expect(errorsOf({ ...valid, channelId })).toEqual(['302 /channelId']);
  });

  it.each([
    ['', 301],
    [null, 302],
    [7, 302],
    [['a'], 302],
    ['x'.repeat(256), 207],
    [' x', 206],
    ['x ', 206],
    ['x\u00a0', 206],
    [' ', 206],
    ['a\nb', 206],
    ['a\u0000', 206],
    ['a\u0085b', 206],
  ])('refuses the name %j [S-103, S-104]', (name, code) => {
    expect(errorsOf({ ...valid, name })).toEqual([`${code} /name`]);
  });

  it.each(['x', 'x'.repeat(255), 'My Chat (2): [a] 1.0 +1 647', 'Ünïcødé 🎭', 'a  b'])(
    'takes the name %j unchanged [S-117, S-104]',
    (name) => {
      expect(readCreate({ ...valid, name }).name).toBe(name);
    },
  );

  it('is active by default [S-105]', () => {
    expect(readCreate(valid).statusId).toBe(3000);
  });

  it.each([
    ['3000', 302],
    [3000.5, 302],
    [null, 302],
    [true, 302],
    [3001, 206],
    [0, 206],
    [-3000, 206],
  ])('refuses the status %j [S-105, S-106]', (statusId, code) => {
    expect(errorsOf({ ...valid, statusId })).toEqual([`${code} /statusId`]);
  });

  it.each(['3002.0', '3.002e3'])('takes status 3002 written as %s, and sends it as a plain number [S-105]', (text) => {
    expect(readCreate({ ...valid, statusId: new JsonNumber(text) }).statusId).toBe(3002);
  });

  it.each([
    ['3002.10', 302],
    ['3002.00000000000000001', 206],
    ['9007199254740993', 206],
    ['1e400', 206],
  ])('rejects the status %s [S-105]', (text, code) => {
    expect(errorsOf({ ...valid, statusId: new JsonNumber(text) })).toEqual([`${code} /statusId`]);
  });

  it.each([null, [], '{}', 7])('rejects the configuration %j [S-107]', (configuration) => {
    expect(errorsOf({ ...valid, configuration })).toEqual(['302 /configuration']);
  });

  it('reports all missing properties at once [S-102, S-103, S-107, S-713]', () => {
    expect(errorsOf({})).toEqual(['301 /channelId', '301 /configuration', '301 /name']);
    expect(errorsOf({ ...valid, configuration: {} })).toEqual([
      '301 /configuration/accountSid',
      '301 /configuration/authToken',
      '301 /configuration/numberSid',
    ]);
  });

  it('rejects unknown properties of body and configuration, with pointers [S-108, S-109]', () => {
    const configuration = { ...valid.configuration, pageAccessToken: 'x', regenerateKeys: true };
    expect(errorsOf({ ...valid, status: 3000, 'a/b~c': 1, toString: 1, configuration })).toEqual([
      '303 /a~1b~0c',
      '303 /configuration/pageAccessToken',
      '303 /configuration/regenerateKeys',
      '303 /status',
      '303 /toString',
    ]);
  });

  it('takes the fields of the body in their documented spelling only [S-109]', () => {
    expect(errorsOf({ ...valid, Name: 'x' })).toEqual(['303 /Name']);
  });

  it('takes documented keys of the configuration in any case and sends them as documented [S-109]', () => {
    const configuration = { AUTHTOKEN: 't', accountsid: 'AC', NumberSid: 'PN' };
    expect(readCreate({ ...valid, configuration }).configuration.reveal()).toEqual({
      authToken: 't',
      accountSid: 'AC',
      numberSid: 'PN',
    });
  });

  it('rejects the same key in two spellings [S-109]', () => {
    expect(errorsOf({ ...valid, configuration: { ...valid.configuration, AuthToken: 'x' } })).toEqual([
      '303 /configuration/AuthToken',
    ]);
  });

  it('sends an integration type in its documented spelling [S-236]', () => {
    const command = readCreate({ ...valid, channelId: 'Direct', configuration: { integrationType: 3 } });
    expect(command.configuration.reveal()).toEqual({ integrationType: 'Agent' });
  });

  it('rejects regenerateKeys [S-306]', () => {
    const configuration = { integrationType: 'Agent', regenerateKeys: true };
    expect(errorsOf({ ...valid, channelId: 'Direct', configuration })).toEqual(['303 /configuration/regenerateKeys']);
  });

  it('drops read-only fields, with a warning each [S-112, S-118, S-203]', () => {
    const readOnly = {
      integrationId: 'x',
      hubId: 7,
      inboundId: null,
      integrationTypeId: 'Agent',
      secrets: {},
      warnings: [],
    };
    const configuration = { ...valid.configuration, Capabilities: { sms: true }, phoneNumber: MASK };
    const command = readCreate({ ...valid, ...readOnly, configuration });
    expect(command.configuration.reveal()).toEqual(valid.configuration);
    expect(command.warnings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      ...Object.keys(readOnly).map((key) => `answer-only-dropped /${key}`),
      'answer-only-dropped /configuration/capabilities',
      'answer-only-dropped /configuration/phoneNumber',
    ]);
  });
});
