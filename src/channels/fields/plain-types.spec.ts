import type { FieldType } from './field-type';
import { flag } from './flag';
import { flags } from './flags';
import { integrationType } from './integration-type.field';
import { text } from './text';

const codes = (type: FieldType, value: unknown) => type.check(value).map(({ code }) => code);

describe('text', () => {
  it.each(['x', 'TODO:', 'EAAFBmgAdBToBADC...', ' ', 'ü', 'x'.repeat(4096)])('accepts any format [S-200]', (value) => {
    expect(codes(text, value)).toEqual([]);
  });

  it.each([
    ['', 301],
    ['x'.repeat(4097), 207],
    [1, 302],
    [null, 302],
    [true, 302],
    [['x'], 302],
    [{ toString: 'x' }, 302],
  ])('rejects %j (PRT %d) [S-015, S-200]', (value, code) => {
    expect(codes(text, value)).toEqual([code]);
  });

  it('shows digits as the text they are [S-211]', () => {
    expect(text.redact('35360465938')).toBe('35360465938');
  });
});

describe('flag', () => {
  it.each([true, false])('accepts and shows %s', (value) => {
    expect(codes(flag, value)).toEqual([]);
    expect(flag.redact(value)).toBe(value);
  });

  it.each([['yes'], ['true'], [1], [0], [null], [[]], [{}]])('rejects and masks %j (PRT 302) [S-231]', (value) => {
    expect(codes(flag, value)).toEqual([302]);
    expect(flag.redact(value)).toBeUndefined();
  });
});

describe('flags', () => {
  const type = flags('mms', 'sms');

  it('shows declared booleans as booleans under their documented names [S-203]', () => {
    expect(type.redact({ Mms: true, sms: false })).toEqual({ mms: true, sms: false });
  });

  it('masks undeclared members and other values', () => {
    expect(type.redact({ mms: 'x', fax: true })).toEqual({ mms: '********', fax: '********' });
    expect(type.redact(['x'])).toBeUndefined();
  });

  it('rejects every value of a caller', () => {
    expect(codes(type, { mms: true })).toEqual([302]);
  });
});

describe('integrationType', () => {
  it.each(['Customer', 'Agent', 'Bot', 'System', 'agent', 'SYSTEM', 2, 5, '4'])('accepts %p [S-236]', (value) => {
    expect(codes(integrationType, value)).toEqual([]);
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
  ])('rejects %j (PRT %d) [S-236]', (value, code) => {
    expect(codes(integrationType, value)).toEqual([code]);
  });

  it('is sent as its name; any other value stays as it is, for the check to reject [S-236]', () => {
    expect([3, '3', 'AGENT'].map((value) => integrationType.canonical?.(value))).toEqual(['Agent', 'Agent', 'Agent']);
    const hostile = { toString: 1 };
    expect(integrationType.canonical?.(hostile)).toBe(hostile);
  });
});
