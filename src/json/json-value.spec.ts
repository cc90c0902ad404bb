import { isJsonObject, sameJson } from './json-value';

describe('sameJson', () => {
  it.each([
    [1, 1],
    [null, null],
    [undefined, undefined],
    [
      { a: 1, b: [{ c: true }] },
      { b: [{ c: true }], a: 1 },
    ],
    [[], []],
  ])('%j is %j', (one, other) => {
    expect(sameJson(one, other)).toBe(true);
  });

  it.each([
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[], {}],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1, b: 1 }, { a: 1 }],
    [JSON.parse('{"__proto__":{}}'), { a: {} }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
  ])('%j is not %j', (one, other) => {
    expect(sameJson(one, other)).toBe(false);
  });
});

describe('isJsonObject', () => {
  it.each([
    [{}, true],
    [[], false],
    [null, false],
    ['{}', false],
    [1, false],
    [undefined, false],
  ])('%j: %s', (value, is) => {
    expect(isJsonObject(value)).toBe(is);
  });
});
