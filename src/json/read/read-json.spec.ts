import { JsonNumber } from '../json-value';
import { readJson, tryReadJson } from './read-json';
import { JsonError } from './scan-json';

const bytes = (text: string) => Buffer.from(text);
const read = (text: string) => readJson(bytes(text));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** The kind and the path of the error of a text; undefined if it is read. */
function errorOf(text: string, limits?: Parameters<typeof readJson>[1]): [string, ...(string | number)[]] | undefined {
  try {
    readJson(bytes(text), limits);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return [error.kind, ...error.path];
  }
}

describe('readJson', () => {
  it('reads JSON in UTF-8 [S-011]', () => {
    expect(read('{"a":[1,"ü",null]}')).toEqual({ a: [1, 'ü', null] });
    expect(read('\ufeff{"a":1.0}')).toEqual({ a: new JsonNumber('1.0') });
  });

  it.each([
    ['nothing', ''],
    ['a truncated text', '{"a":'],
    ['a trailing comma', '{"a":1,}'],
    ['a trailing comma after a long number', '{"a":12345678901234567890,}'],
    ['HTML', '<!doctype html>'],
    ['two texts', '{} {}'],
    ['NaN', 'NaN'],
    ['a number with a leading zero', '[0123456789012345678]'],
    ['a number without a fraction', '[1.]'],
    ['a number with two fractions', '[1.0.0]'],
    ['arrays nested 65 deep', nested(65)],
    ['50,000 nested arrays', nested(50_000)],
    ['8 MiB of opening brackets', '['.repeat(8 * 1024 * 1024)],
    ['a number of 10,001 digits', '1'.repeat(10_001)],
    ['objects nested 65 deep', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ])('rejects %s', (_what, text) => {
    expect(errorOf(text)).toEqual(['malformed']);
    expect(tryReadJson(bytes(text))).toBeUndefined();
  });

  it.each([
    ['a member __proto__', '{"a":[{"__proto__":{"admin":true}}]}'],
    ['an escaped member __proto__', '{"a":[{"\\u005f_proto__":1}]}'],
  ])('rejects %s', (_what, text) => {
    expect(errorOf(text)).toEqual(['malformed', 'a', 0, '__proto__']);
    expect(({} as { admin?: true }).admin).toBeUndefined();
  });

  it('rejects bytes that are not UTF-8', () => {
    expect(tryReadJson(Buffer.from('{"name":"M\u00fcller"}', 'latin1'))).toBeUndefined();
    expect(tryReadJson(Buffer.from('{}', 'utf16le'))).toBeUndefined();
  });

  it.each([
    ['arrays nested 64 deep', nested(64)],
    ['brackets inside strings', JSON.stringify('['.repeat(100))],
    ['brackets after an escaped quote', JSON.stringify(`"${'['.repeat(100)}`)],
    ['colons and numbers inside strings', '{"a:1.0":"b:1e400,\\"c\\":-0"}'],
    ['many siblings', `[${Array(1000).fill('[]').join()}]`],
    ['__proto__ as a value', '{"name":"__proto__"}'],
    ['names that objects inherit', '{"constructor":1,"toString":2,"hasOwnProperty":3,"":4}'],
  ])('reads %s', (_what, text) => {
    expect(read(text)).toEqual(JSON.parse(text));
    // The same text followed by a number that only JsonReader can read.
    expect(
      read(`[${text},1.0]`.replace(/^\[\[{64}/, (open) => open.slice(1)).replace(/]{64},/, (close) => close.slice(1))),
    ).toEqual([JSON.parse(text.replace(/^\[{64}]{64}$/, nested(63))), new JsonNumber('1.0')]);
  });

  it.each(['0', '7', '-7', '1015427584901234', '9007199254740992', '0.1', '-79.347015', '1e+21', '1.5e-7', '5e-324'])(
    'reads %s as an ordinary number',
    (text) => {
      expect(read(`[${text}]`)).toEqual([Number(text)]);
    },
  );

  it.each([
    ...['10154275849012345678', '9007199254740993', '-9007199254740993', '1e400', '-1e400', '1e-400', '1.10', '1.0'],
    ...['-0', '0.0', '-0.0', '1E5', '1e5', '1e+5', '100000000000000000000000', '0.10000000000000001', '9'.repeat(5000)],
  ])('keeps the text of %.30s', (text) => {
    expect(read(`{"a":[${text},${text}]}`)).toEqual({ a: [new JsonNumber(text), new JsonNumber(text)] });
    expect(read(text)).toEqual(new JsonNumber(text));
  });

  it.each([
    ['at the top', '{"a":1,"b":2,"a":1}', ['a']],
    ['in an array', '[0,{"a":{"b":[],"b":[]}}]', [1, 'a', 'b']],
    ['with an escape', '{"a":1,"\\u0061":2}', ['a']],
    ['after a member of the same name at another level', '{"a":{"a":1},"b":{"a":1,"a":1}}', ['b', 'a']],
    ['that objects inherit', '{"constructor":1,"constructor":1}', ['constructor']],
    ['without a name', '{"":1,"":1}', ['']],
    ['named like an index', '{"1":1,"1":1}', ['1']],
  ])('rejects a repeated member %s', (_where, text, path) => {
    expect(errorOf(text)).toEqual(['repeated-member', ...path]);
  });

  it('reads at most 1,000 members at one level', () => {
    const members = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`)}}`;
    expect(errorOf(members(1000))).toBeUndefined();
    expect(errorOf(members(1001))).toEqual(['too-many-members']);
  });

  const limits = { maxDepth: 4, maxMembers: 3, maxElements: 3 };
  it.each([
    ['{"a":[1,2,3,4]}', ['too-many-members', 'a']],
    ['[{"a":1,"b":2,"c":3,"d":4}]', ['too-many-members', 0]],
    ['{"a":1,"b":2,"c":3,"d":4}', ['too-many-members']],
    ['[[[[[]]]]]', ['malformed']],
    ['{"a":[1,2,3],"b":{"c":1,"d":2,"e":3}}', undefined],
    ['[[[[1]]]]', undefined],
  ])('reads or rejects %s, with 3 members and 4 levels allowed: %j', (text, error) => {
    expect(errorOf(text, limits)).toEqual(error);
    expect(errorOf(text)).toBeUndefined();
  });
});
