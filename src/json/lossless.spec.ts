import fc from 'fast-check';
import {
  canonicalJson,
  isJsonObject,
  JsonNumber,
  type JsonValue,
  sameJson,
  textOfNumber,
  writeJson,
} from './json-value';
import { JsonReader } from './read/json-reader';
import { DEFAULT_LIMITS, readJson } from './read/read-json';
import { readJsonInSteps } from './read/read-json-in-steps';

/** `FUZZ_RUNS=2000` for a long run. */
const RUNS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 150) };

const digits = (minLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength: 25 });
const whole = fc.oneof(
  fc.constant('0'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0)).map((parts) => parts.join('')),
);
const numberText = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.oneof(
      fc.constant(''),
      digits(1).map((fraction) => `.${fraction}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(400)).map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

/** JavaScript puts names that are array indexes first (see the README). */
const isIndex = (name: string) => /^(?:0|[1-9]\d{0,9})$/.test(name);
const name = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a', 'constructor', 'toJSON', 'é', '"', '\\'),
);
const orderedName = name.filter((one) => one !== '__proto__' && !isIndex(one));
const space = fc.constantFrom('', '', '', ' ', '\n\t\r ');

/** Valid texts without repeated members, in every notation of JSON. */
const { text } = fc.letrec<{ text: string; leaf: string; array: string; object: string }>((tie) => ({
  text: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('array'), tie('object')),
  leaf: fc.oneof(
    numberText,
    fc.constantFrom('true', 'false', 'null'),
    name.map((one) => JSON.stringify(one)),
  ),
  array: fc.array(tie('text'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
  object: fc
    .uniqueArray(fc.tuple(orderedName, tie('text')), { selector: ([one]) => one, maxLength: 4 })
    .map((members) => `{${members.map(([one, value]) => `${JSON.stringify(one)}:${value}`).join()}}`),
}));

/** The same texts with white space around any token. */
const spaced = fc
  .tuple(text, space)
  .map(([json, blank]) =>
    json.replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (token) =>
      token.startsWith('"') ? token : `${blank}${token}${blank}`,
    ),
  );

const numbersIn = (value: JsonValue): string[] => {
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  if (isJsonObject(value)) return Object.values(value).flatMap(numbersIn);
  return typeof value === 'number' || value instanceof JsonNumber ? [textOfNumber(value)] : [];
};

describe('a value that is read and written again', () => {
  it('is the same text, with the same notation of numbers and order of members', () => {
    fc.assert(
      fc.property(text, (json) => {
        expect(writeJson(readJson(Buffer.from(json)))).toBe(json);
      }),
      RUNS,
    );
  });

  it('has names that are array indexes first, and all other members in their order', () => {
    for (const number of ['1', '1.0']) {
      const read = readJson(Buffer.from(`{"b":[${number},0],"10":1,"a":2,"2":3}`));
      expect(writeJson(read)).toBe(`{"2":3,"10":1,"b":[${number},0],"a":2}`);
    }
  });

  it('is the same value', () => {
    const json = fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(json, (one) => {
        fc.pre(!one.includes('__proto__'));
        expect(readJson(Buffer.from(writeJson(JSON.parse(one))))).toEqual(JSON.parse(one));
      }),
      RUNS,
    );
  });

  it('is the same with JSON.parse as with JsonReader', () => {
    fc.assert(
      fc.property(spaced, (json) => {
        const fast = readJson(Buffer.from(json));
        expect(new JsonReader(json, DEFAULT_LIMITS).read()).toEqual(fast);
      }),
      RUNS,
    );
  });

  it('is the same if it is read at once or in steps, wherever it is cut', () => {
    fc.assert(
      fc.property(spaced, fc.integer({ min: 1, max: 20 }), (json, stepBytes) => {
        const reading = readJsonInSteps(Buffer.from(json), stepBytes);
        let step = reading.next();
        while (!step.done) step = reading.next();
        expect(step.value).toEqual(readJson(Buffer.from(json)));
      }),
      RUNS,
    );
  });

  it('equals the value of JSON.parse, except for numbers that JSON.parse changes', () => {
    fc.assert(
      fc.property(spaced, (json) => {
        const value = readJson(Buffer.from(json));
        expect(rounded(value)).toEqual(JSON.parse(json));
      }),
      RUNS,
    );
  });

  it('contains a JsonNumber only for a number that JavaScript would write in another way', () => {
    fc.assert(
      fc.property(numberText, (json) => {
        const value = readJson(Buffer.from(json));
        expect(value instanceof JsonNumber).toBe(String(Number(json)) !== json);
        expect(numbersIn(value)).toEqual([json]);
      }),
      RUNS,
    );
  });

  it('has one canonical text whatever the order of its members', () => {
    const members = fc.uniqueArray(fc.tuple(name, text), { selector: ([one]) => one, maxLength: 6 });
    fc.assert(
      fc.property(members, fc.func(fc.integer()), (entries, rank) => {
        const value = (list: readonly [string, string][]) =>
          Object.fromEntries(
            list.filter(([one]) => one !== '__proto__').map(([one, json]) => [one, readJson(Buffer.from(json))]),
          );
        const shuffled = [...entries].sort((one, other) => rank(one[0]) - rank(other[0]));
        expect(canonicalJson(value(shuffled))).toBe(canonicalJson(value(entries)));
        expect(sameJson(readJson(Buffer.from(canonicalJson(value(entries)))), value(entries))).toBe(true);
      }),
      RUNS,
    );
  });
});

/** The value with every number as a double. */
function rounded(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(rounded);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([one, item]) => [one, rounded(item)]));
}
