import { JsonNumber } from '../json/json-number';
import { CHANNEL_NUMBERS } from './channel';
import { CHANNELS, channelById, channelByNumber } from './channel-registry';
import { maskConfiguration } from './mask-configuration';

const TABLE: readonly (readonly [string, number])[] = [
  ['Direct', 1],
  ['Bot', 2],
  ['System', 3],
  ['Messenger', 101],
  ['TwilioSMS', 102],
  ['Line', 103],
  ['Telegram', 104],
  ['Kik', 105],
  ['WebChat', 106],
  ['Slack', 1001],
];

describe('CHANNELS', () => {
  it('lists the ten channel types of Hubster, with their numbers [S-012]', () => {
    expect(Object.entries(CHANNEL_NUMBERS)).toEqual(TABLE);
    expect(CHANNELS.map(({ id, number }) => [id, number])).toEqual(expect.arrayContaining([...TABLE]));
    expect(CHANNELS).toHaveLength(TABLE.length);
  });

  it('allows creating exactly the channels with a documented configuration [S-260]', () => {
    for (const { isCreatable, fields } of CHANNELS) expect(isCreatable).toBe(fields.length > 0);
  });
});

describe('channelById', () => {
  it.each(TABLE)('accepts %s in any case, %d as a number and as digits [S-102, S-502]', (name, number) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), number, String(number)]) {
      expect(channelById(spelling)?.id).toBe(name);
    }
  });

  it('accepts every spelling of a number [S-102]', () => {
    for (const text of ['102.0', '1.02e2']) expect(channelById(new JsonNumber(text))?.id).toBe('TwilioSMS');
    for (const text of ['102.00000000000000001', '1e400']) expect(channelById(new JsonNumber(text))).toBeUndefined();
  });

  it.each([
    ['the internal Hubster [S-260]', 0],
    ['its digits', '0'],
    ['its name', 'Hubster'],
    ['an unknown number', 107],
    ['white space', ' Direct'],
    ['a name in two words', 'Web Chat'],
    ['leading zeros', '0102'],
    ['a fraction', 1.5],
    ['an empty text', ''],
    ['a member of every object', 'constructor'],
    ['a list', ['Direct']],
    ['an object', { toString: 'Direct' }],
    ['null', null],
    ['a boolean', true],
  ])('rejects %s', (_what, value) => {
    expect(channelById(value)).toBeUndefined();
  });
});

describe('channelByNumber', () => {
  it.each([
    ['WebChat', 'WebChat'],
    ['Web Chat', 'WebChat'],
    ['Webchat', 'WebChat'],
    [102, 'TwilioSMS'],
    ['1001', 'Slack'],
  ])('reads %p as %s [S-226, S-401]', (value, id) => {
    expect(channelByNumber(value).id).toBe(id);
  });

  it('keeps an unknown number as digits and masks its whole configuration [S-401]', () => {
    const unknown = channelByNumber(1002);
    expect(unknown).toMatchObject({ id: '1002', number: undefined, isCreatable: false });
    expect(maskConfiguration(unknown, { accountSid: 'AC1' })).toEqual({ accountSid: '********' });
  });
});
