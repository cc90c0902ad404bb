import { HUB, ID, quirksOf, read, SENT } from '../../test/support/hubster/read-integrations';
import { JsonNumber, writeJson } from '../json/json-value';

describe('readIntegration', () => {
  it('reads the documented shape unchanged and counts no quirk [S-111]', () => {
    expect(read(SENT)).toEqual(SENT);
    expect(quirksOf(SENT)).toEqual([]);
  });

  it('omits fields that Hubster omits [S-111]', () => {
    const { integrationId, hubId, channelId } = SENT;
    expect(read({ integrationId, hubId, channelId })).toEqual({ integrationId, hubId, channelId, configuration: {} });
  });

  it.each(['integrationId', 'hubId', 'channelId'])('rejects an integration without %s [S-111]', (key) => {
    expect(read({ ...SENT, [key]: undefined })).toBeUndefined();
    expect(read({ ...SENT, [key]: null })).toBeUndefined();
  });

  it.each([
    ['a cut-off id', { integrationId: '00000000 ...' }],
    ['a cut-off hub id', { hubId: '00000000 ...' }],
    ['an id that is a number', { integrationId: 1 }],
    ['a channel that is not a name', { channelId: 'a/b' }],
    ['a channel of white space', { channelId: '   ' }],
    ['a channel of 41 characters', { channelId: 'x'.repeat(41) }],
    ['a channel that is an object', { channelId: { id: 102 } }],
    ['a configuration that is an array', { configuration: [] }],
    ['a configuration that is a number', { configuration: 1 }],
    ['a configuration that is not JSON', { configuration: '{' }],
    ['a configuration that is a JSON array in a string', { configuration: '[1]' }],
  ])('rejects %s [S-010]', (_what, broken) => {
    expect(read({ ...SENT, ...broken })).toBeUndefined();
  });

  it('lower-cases ids of any GUID shape [S-009]', () => {
    const upperCased = { ...SENT, integrationId: ID.toUpperCase(), hubId: HUB.toUpperCase() };
    expect(read(upperCased)).toEqual(SENT);
  });

  it('reads and counts keys in any case, at the top level and in the configuration [S-205, S-212, S-254]', () => {
    const { configuration, ...top } = SENT;
    const recased = Object.fromEntries(Object.entries(top).map(([key, value]) => [key.toUpperCase(), value]));
    const sent = {
      ...recased,
      Configuration: Object.fromEntries(
        Object.entries(configuration).map(([key, value]) => [key.toUpperCase(), value]),
      ),
    };
    expect(read(sent)).toEqual(SENT);
    expect(quirksOf(sent)).toContain('key-case');
    expect(quirksOf({ ...SENT, configuration: { AuthToken: 't' } })).toEqual(['key-case']);
  });

  it('prefers the documented spelling of a repeated top-level field, in either order [S-205]', () => {
    expect(read({ Name: 'other', ...SENT })?.name).toBe('Support line');
    expect(read({ ...SENT, Name: 'other' })?.name).toBe('Support line');
  });

  it('reads AcccountSid as accountSid and counts it; prefers the right spelling [S-206]', () => {
    expect(read({ ...SENT, configuration: { AcccountSid: 'AC1' } })?.configuration).toEqual({ accountSid: 'AC1' });
    const both = { ...SENT, configuration: { AcccountSid: 'wrong', AccountSid: 'right' } };
    expect(read(both)?.configuration).toEqual({ accountSid: 'right' });
    expect(quirksOf(both)).toEqual(expect.arrayContaining(['alias-key', 'repeated-key']));
  });

  it('renames keys one by one, but no keys inside the messages of start [S-225, S-239]', () => {
    const start = [{ Type: 'text', TEXT: 'Hi', type: 'text' }];
    const configuration = { WebhookUrl: 'https://x.io', Echo: true, publicSigningKey: 'P', START: start };
    expect(read({ ...SENT, channelId: 'Direct', configuration })?.configuration).toEqual({
      webhookUrl: 'https://x.io',
      echo: true,
      publicSigningKey: 'P',
      start,
    });
  });

  it('keeps undeclared keys as Hubster spells them', () => {
    const configuration = { AuthToken: 't', SomethingNew: { Deep: 1 } };
    expect(read({ ...SENT, configuration })?.configuration).toEqual({ authToken: 't', SomethingNew: { Deep: 1 } });
  });

  it.each(['WebChat', 'Webchat', 'Web Chat', 'web chat', 106, '106'])(
    'reads channel %j as WebChat [S-226, S-401]',
    (channelId) => {
      expect(read({ ...SENT, channelId })?.channelId).toBe('WebChat');
    },
  );

  it.each([
    ['Agent', 'Agent', []],
    ['AGENT', 'Agent', []],
    ['3', 'Agent', []],
    [3, 'Agent', ['number-for-name']],
    ['Hubster', 'Hubster', ['unknown-type']],
    [1, '1', ['number-for-name', 'unknown-type']],
  ])('reads type %j as %s [S-401, S-112]', (integrationTypeId, shown, quirks) => {
    expect(read({ ...SENT, integrationTypeId })?.integrationTypeId).toBe(shown);
    expect(quirksOf({ ...SENT, integrationTypeId })).toEqual(quirks);
  });

  it.each([null, true, {}, 'a\nb', '', ' '])('omits an invalid type: %j', (integrationTypeId) => {
    expect(read({ ...SENT, integrationTypeId })).toHaveProperty('integrationTypeId', undefined);
  });

  it('keeps a channel number without a name as digits, and counts it [S-401]', () => {
    expect(read({ ...SENT, channelId: 999 })?.channelId).toBe('999');
    expect(quirksOf({ ...SENT, channelId: 999 })).toEqual(['number-for-name', 'unknown-channel']);
  });

  it('reads inboundId if Hubster sends it, and never invents one [S-403, S-207]', () => {
    expect(read({ ...SENT, inboundId: 'AC1' })?.inboundId).toBe('AC1');
    expect(read(SENT)).toHaveProperty('inboundId', undefined);
  });

  it('keeps digit strings as strings, so that no digit is lost [S-211]', () => {
    const sent = { ...SENT, channelId: 'Messenger', inboundId: '9007199254740993', configuration: { PageId: '0123' } };
    expect(read(sent)).toMatchObject({ inboundId: '9007199254740993', configuration: { pageId: '0123' } });
  });

  it('drops and counts undocumented fields [S-407]', () => {
    const sent = { ...SENT, created: 'yesterday', hub: { hubId: HUB }, secrets: { authToken: 'canary' } };
    expect(read(sent)).toEqual(SENT);
    expect(quirksOf(sent)).toEqual(['extra-field', 'extra-field', 'extra-field']);
  });

  it('reads and counts a configuration that is JSON in a string [S-408]', () => {
    const sent = { ...SENT, configuration: JSON.stringify({ AuthToken: 't' }) };
    expect(read(sent)?.configuration).toEqual({ authToken: 't' });
    expect(quirksOf(sent)).toEqual(['configuration-as-text', 'key-case']);
  });

  it('rejects a configuration in a string of over 256 KiB [S-408]', () => {
    const sent = (length: number) => ({ ...SENT, configuration: JSON.stringify({ a: 'a'.repeat(length) }) });
    expect(read(sent(200_000))).toBeDefined();
    expect(read(sent(300_000))).toBeUndefined();
  });

  it.each([
    ['100,000 values', 0, 99_998],
    ['10,000 numbers that JavaScript would write in another way', new JsonNumber('-0'), 9_999],
  ])('rejects a configuration of over %s, as an object or as a string [S-015]', (_what, value, count) => {
    const configuration = (length: number) => ({ a: Array(length).fill(value) });
    const sent = (length: number) => ({ ...SENT, configuration: configuration(length) });
    const inText = (length: number) => ({ ...SENT, configuration: writeJson(configuration(length)) });
    for (const integration of [sent, inText]) {
      expect(read(integration(count))).toBeDefined();
      expect(read(integration(count + 1))).toBeUndefined();
    }
  });

  it.each([undefined, null])('reads a missing configuration (%j) as {} [S-408]', (configuration) => {
    expect(read({ ...SENT, configuration })?.configuration).toEqual({});
  });

  it('keeps both types of a Direct integration, and counts a difference [S-237]', () => {
    const differ = { ...SENT, channelId: 'Direct', configuration: { integrationType: 'Agent' } };
    expect(read(differ)).toMatchObject({ integrationTypeId: 'Customer', configuration: { integrationType: 'Agent' } });
    expect(quirksOf(differ)).toEqual(['type-mismatch']);
    expect(quirksOf({ ...differ, integrationTypeId: 3 })).toEqual(['number-for-name']);
  });

  it.each([
    [3001, 3001],
    ['3002', 3002],
    [30.5, undefined],
    ['x', undefined],
    [null, undefined],
  ])('reads status %j as %j [S-106]', (statusId, shown) => {
    expect(read({ ...SENT, statusId })?.statusId).toBe(shown);
  });

  it.each([
    ['channelId', '102.0', 'TwilioSMS'],
    ['channelId', '12345678901234567890', '12345678901234567890'],
    ['integrationTypeId', '3.0', 'Agent'],
    ['integrationTypeId', '1e400', '1e400'],
    ['statusId', '3.0e3', 3000],
    ['statusId', '9007199254740993', undefined],
    ['name', '10154275849012345678', '10154275849012345678'],
    ['name', '1.10', '1.10'],
    ['inboundId', '9007199254740993', '9007199254740993'],
  ])('reads %s %s without rounding it: %j', (field, text, shown) => {
    expect(read({ ...SENT, [field]: new JsonNumber(text) })).toMatchObject({ [field]: shown });
  });

  it('keeps a name unchanged, white space included [S-104]', () => {
    expect(read({ ...SENT, name: ' Blank ' })?.name).toBe(' Blank ');
  });
});
