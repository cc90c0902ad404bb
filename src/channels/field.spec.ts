import { fieldViolations, shown } from '../../test/support/channels/field-violations';
import type { JsonValue } from '../json/json-value';
import { MASK } from '../secrets/secret';
import type { Channel } from './channel';
import { fieldNamed } from './configuration-keys';
import { direct } from './direct/direct.channel';
import { messenger } from './messenger/messenger.channel';
import { twilioSms } from './twilio-sms/twilio-sms.channel';

const codes = (channel: Channel, field: string, value: JsonValue) => fieldViolations(channel, field, value).flat();

describe('a text', () => {
  it.each(['x', 'TODO:', 'EAAFBmgAdBToBADC...', ' ', 'ü', '🎭'.repeat(4096)])(
    'may have any format [S-200]',
    (value) => {
      expect(codes(messenger, 'pageAccessToken', value)).toEqual([]);
    },
  );

  it.each([
    ['', 301],
    ['x'.repeat(4097), 207],
    ['x\uFE0F'.repeat(2049), 207],
    [1, 302],
    [null, 302],
    [true, 302],
    [['x'], 302],
    [{ toString: 'x' }, 302],
    [{ constructor: 'x' }, 302],
  ])('cannot be %j (PRT %d) [S-015, S-200]', (value, code) => {
    expect(codes(messenger, 'pageAccessToken', value)).toEqual([code]);
  });

  it('of digits is shown as the text it is [S-211]', () => {
    expect(shown(messenger, 'pageId', '35360465938')).toBe('35360465938');
  });
});

describe('a boolean', () => {
  it.each([true, false])('may be %s, and is shown', (value) => {
    expect(codes(direct, 'echo', value)).toEqual([]);
    expect(shown(direct, 'echo', value)).toBe(value);
  });

  it.each([['yes'], ['true'], [1], [0], [[]], [{}]])('cannot be %j (PRT 302), which is masked [S-231]', (value) => {
    expect(codes(direct, 'echo', value)).toEqual([302]);
    expect(shown(direct, 'echo', value)).toBe(MASK);
  });

  it('cannot be null (PRT 302) [S-231]', () => {
    expect(codes(direct, 'echo', null)).toEqual([302]);
  });
});

describe('an object of booleans', () => {
  it('is shown under documented names [S-203]', () => {
    expect(shown(twilioSms, 'capabilities', { Mms: true, sms: false })).toEqual({ mms: true, sms: false });
  });

  it('has its undeclared members and other values masked', () => {
    const masked = { mms: MASK, sms: MASK, fax: MASK, constructor: MASK };
    expect(shown(twilioSms, 'capabilities', { mms: 'x', sms: null, fax: true, constructor: true })).toEqual(masked);
    expect(shown(twilioSms, 'capabilities', ['x'])).toBe(MASK);
  });
});

describe('an integration type', () => {
  it.each(['Customer', 'Agent', 'Bot', 'System', 'agent', 'SYSTEM', 2, 5, '4'])('may be %p [S-236]', (value) => {
    expect(codes(direct, 'integrationType', value)).toEqual([]);
  });

  it.each([
    ['None', 206],
    ['Hubster', 206],
    [0, 206],
    [1, 206],
    [6, 206],
    ['', 206],
    [true, 302],
    [null, 302],
    [['Agent'], 302],
  ])('cannot be %j (PRT %d) [S-236]', (value, code) => {
    expect(codes(direct, 'integrationType', value)).toEqual([code]);
  });

  it('has a name as its canonical spelling; any other value has none [S-236]', () => {
    const canonical = fieldNamed(direct, 'integrationType')?.canonical;
    expect([3, '3', 'AGENT', { toString: 1 }].map((value) => canonical?.(value))).toEqual([
      ...['Agent', 'Agent', 'Agent'],
      undefined,
    ]);
  });
});
