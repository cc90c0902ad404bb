import { canonicalDecimal, exactNumber, isExact, JsonNumber, sameNumber } from './json-value';

describe('canonicalDecimal', () => {
  it.each([
    [['10', '1e1', '1E+1', '10.0', '0.1e2', '100e-1'], '1e1'],
    [['1.1', '1.10', '11e-1', '0.11e1'], '11e-1'],
    [['0', '-0', '0.00', '0e400', '-0.0e-7'], '0'],
    [['-1200', '-1.2e3'], '-12e2'],
    [['9007199254740993', '9007199254740993.0'], '9007199254740993e0'],
    [['1e400', '10e399', '0.1e401'], '1e400'],
  ])('returns one text for %j: %s', (texts, canonical) => {
    expect(texts.map(canonicalDecimal)).toEqual(texts.map(() => canonical));
  });

  it('returns a number with an exponent beyond the safe integers unchanged', () => {
    const huge = `1e${'9'.repeat(400)}`;
    expect(canonicalDecimal(huge)).toBe(huge);
  });
});

const toNumber = (text: string) => (isExact(text) ? Number(text) : new JsonNumber(text));

describe('numbers', () => {
  it.each([
    ['9007199254740993', '9007199254740992'],
    ['1e400', '1e401'],
    ['1e-400', '0'],
    ['0.1', '0.10000000000000001'],
    ['1', '-1'],
  ])('distinguishes %s from %s, although doubles may be equal', (one, other) => {
    expect(sameNumber(toNumber(one), toNumber(other))).toBe(false);
    expect(sameNumber(toNumber(one), toNumber(one))).toBe(true);
  });

  it.each([
    ['3000.0', 3000],
    ['3e3', 3000],
    ['-0', 0],
    ['1.10', 1.1],
    ['9007199254740992.0', 9007199254740992],
    ['9007199254740993', undefined],
    ['1e400', undefined],
    ['1e-400', undefined],
  ])('returns for %s the exact number %s', (text, number) => {
    expect(exactNumber(toNumber(text))).toBe(number);
  });

  it('returns undefined for other values than numbers', () => {
    expect([7, '7', true, null, undefined, [7]].map(exactNumber)).toEqual([7, ...Array(5).fill(undefined)]);
  });

  it('makes JSON.stringify throw instead of rounding', () => {
    expect(() => JSON.stringify({ a: new JsonNumber('1e400') })).toThrow(TypeError);
  });
});
