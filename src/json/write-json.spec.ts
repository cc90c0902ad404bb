import { JsonNumber, writeJson } from './json-value';

const long = new JsonNumber('10154275849012345678');

describe('writeJson', () => {
  it.each([[{ a: undefined, b: [undefined, 'ü"\n', { c: null }] }], [[1, -0, Number.NaN, true]], ['\ud800'], [null]])(
    'writes %j as JSON.stringify does, with and without a JsonNumber',
    (value) => {
      const plain = JSON.stringify(value);
      expect(writeJson(value)).toBe(plain);
      expect(writeJson([value, long])).toBe(`[${plain},10154275849012345678]`);
    },
  );

  it('writes a JsonNumber as it was read, at any depth', () => {
    expect(writeJson({ a: [{ b: long }], c: long, d: new JsonNumber('-0') })).toBe(
      '{"a":[{"b":10154275849012345678}],"c":10154275849012345678,"d":-0}',
    );
  });

  it('throws the errors of JSON.stringify for other values', () => {
    expect(() => writeJson({ a: 1n })).toThrow(/BigInt/);
  });
});
