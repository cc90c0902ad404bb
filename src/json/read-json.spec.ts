import { parseStrictJson } from './strict-json';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('parseStrictJson (S-011)', () => {
  it('parses JSON in UTF-8', () => {
    expect(parse('{"a":[1,"ü",null]}')).toEqual({ value: { a: [1, 'ü', null] } });
  });

  it.each([
    ['nothing', ''],
    ['a truncated text', '{"a":'],
    ['a trailing comma', '{"a":1,}'],
    ['HTML', '<!doctype html>'],
    ['two texts', '{} {}'],
    ['NaN', 'NaN'],
    ['a key __proto__', '{"a":[{"__proto__":{"admin":true}}]}'],
    ['an escaped key __proto__', '{"\\u005f_proto__":1}'],
    ['arrays nested 65 deep', nested(65)],
    ['50,000 nested arrays', nested(50_000)],
    ['8 MiB of opening brackets', '['.repeat(8 * 1024 * 1024)],
    ['objects nested 65 deep', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ])('refuses %s', (_what, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(parseStrictJson(Buffer.from('{"name":"M\u00fcller"}', 'latin1'))).toBeUndefined();
    expect(parseStrictJson(Buffer.from('{}', 'utf16le'))).toBeUndefined();
  });

  it.each([
    ['arrays nested 64 deep', nested(64)],
    ['brackets inside strings', JSON.stringify('['.repeat(100))],
    ['brackets behind an escaped quote', JSON.stringify(`"${'['.repeat(100)}`)],
    ['many siblings', `[${Array(1000).fill('[]').join()}]`],
    ['__proto__ as a value', '{"name":"__proto__"}'],
  ])('takes %s', (_what, text) => {
    expect(parse(text)).toEqual({ value: JSON.parse(text) });
  });
});
