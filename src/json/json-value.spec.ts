import { isJsonObject, JsonNumber, sameJson } from './json-value';

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
    [{ a: new JsonNumber('1e1') }, { a: 10 }],
    [new JsonNumber('1.10'), new JsonNumber('1.1')],
    [new JsonNumber('-0'), 0],
  ])('returns true for pair %#', (one, other) => {
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
    [new JsonNumber('9007199254740993'), 9007199254740992],
    [new JsonNumber('9007199254740993'), new JsonNumber('9007199254740995')],
    [new JsonNumber('1.0'), '1.0'],
    [new JsonNumber('1.0'), {}],
    [new JsonNumber('1.0'), true],
  ])('returns false for pair %#', (one, other) => {
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
    [new JsonNumber('1.0'), false],
  ])('decides for value %#: %s', (value, is) => {
    expect(isJsonObject(value)).toBe(is);
  });
});
