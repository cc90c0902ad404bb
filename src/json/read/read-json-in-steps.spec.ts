import { JsonNumber, type JsonValue } from '../json-value';
import { readJson } from './read-json';
import { readJsonInSteps } from './read-json-in-steps';
import { JsonError } from './scan-json';

const MIB = 1024 * 1024;

/** Reads a text in steps of `stepBytes`, and counts the steps. */
function readInSteps(text: string | Buffer, stepBytes?: number): { value: JsonValue; steps: number } {
  const reading = readJsonInSteps(Buffer.from(text), stepBytes);
  for (let steps = 0; ; steps += 1) {
    const { done, value } = reading.next();
    if (done) return { value, steps };
  }
}

const valueOrError = (read: () => JsonValue): JsonValue => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return `error: ${error.kind}`;
  }
};

describe('readJsonInSteps', () => {
  it.each([
    ['an array', '[1,"two",[3],{"four":4},null,true]'],
    ['an object', '{"a":1,"b":[1,2,{"c":3,"d":4},5],"e":{"f":{"g":6,"h":7},"i":8},"j":9}'],
    ['white space', ' { "a" : [ 1 , 2 ] , "b" : { "c" : 3 , "d" : 4 } } '],
    ['strings with commas, brackets and quotes', '["a,b","[","}",",\\",{",{"\\\\":"\\"","x,":","}]'],
    ['empty containers', '[[],{},[[],[]],{"a":{},"b":[]},[]]'],
    ['escaped and empty names', '{"\\u0061":[1,2],"":{"":[3,4],"b":5},"é":[6,7]}'],
    ['names like indexes', '{"b":[1,2],"2":{"1":[3,4],"0":5},"1":6}'],
    ['numbers without an exact double', '[1.0,{"a":10154275849012345678,"b":[1e400,-0]},1]'],
    ['a byte order mark', '\ufeff[1,[2,3],4]'],
    ['characters of several bytes', '["é",["😀","é,😀"],{"😀":"é","é":["😀",1]}]'],
    ['no container', '"a,b"'],
    ['a trailing comma', '[1,2,]'],
    ['a trailing comma after white space', '{"a":[1,2 , ],"b":1}'],
    ['a leading comma', '[,1,2]'],
    ['two commas', '[1,,2]'],
    ['a comma without a member', '{"a":1,,"b":2}'],
    ['a wrong bracket', '[1,2,{"a":1,"b":2],3}'],
    ['a missing bracket', '[1,[2,3],{"a":4,"b":5}'],
    ['a bracket too many', '[1,2]],3]'],
    ['two texts', '[1,2] [3,4]'],
    ['two texts with a comma', '[1,2],[3,4]'],
    ['a container in place of a name', '{[1,2]:3,"a":4}'],
    ['a name without a value', '{"a":1,"b","c":2}'],
    ['a value without a name', '{"a":1,[2,3],"b":4}'],
    ['a repeated member', '{"a":1,"b":2,"c":[3,4],"a":5}'],
    ['a repeated member that is a container', '{"a":[1,2],"b":3,"a":[4,5]}'],
    ['a repeated member with an escape', '{"a":{"b":1,"c":2},"d":3,"\\u0061":4}'],
    ['a member __proto__', '{"a":[1,2],"__proto__":{"b":[3,4]},"c":5}'],
    ['65 levels', `${'['.repeat(65)}1,2${']'.repeat(65)}`],
    ['64 levels', `${'['.repeat(64)}1,2${']'.repeat(64)}`],
    ['half a string', '["a","b,'],
  ])('reads %s as readJson does, wherever it is cut', (_what, text) => {
    const atOnce = valueOrError(() => readJson(Buffer.from(text)));
    for (let stepBytes = 1; stepBytes <= text.length; stepBytes += 1) {
      expect(valueOrError(() => readInSteps(text, stepBytes).value)).toEqual(atOnce);
    }
  });

  it('rejects bytes that are not UTF-8', () => {
    expect(() => readInSteps(Buffer.from('["a","\u00fc","b"]', 'latin1'), 1)).toThrow(JsonError);
  });

  it('reads large texts in steps of 64 KiB', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => ({ id: index, configuration: { a: [index] } }));
    const text = JSON.stringify({ results: items, total: 3 });
    const { value, steps } = readInSteps(text);
    expect(value).toEqual({ results: items, total: 3 });
    expect(steps).toBeGreaterThan(text.length / 65_536);
  });

  it('reads a text with long names in few steps', () => {
    const name = 'n'.repeat(MIB / 4);
    const numbers = Array.from({ length: 200_000 }, (_, index) => index);
    const { steps } = readInSteps(`{"${name}":{"${name}":${JSON.stringify(numbers)}}}`);
    expect(steps).toBeLessThan(10);
  });

  it.each([
    ['1,001 members', `{${Array.from({ length: 1001 }, (_, index) => `"k${index}":"${'v'.repeat(200)}"`)}}`],
    ['a string of more than 3 MiB', `["${'a'.repeat(3 * MIB + 1)}"]`],
    ['more than 64 KiB of white space', `[1,${' '.repeat(MIB)}2]`],
    ['a number of a million digits', `[${'1'.repeat(MIB)}]`],
  ])('rejects %s', (_what, text) => {
    expect(() => readInSteps(text)).toThrow(JsonError);
  });

  it('keeps the text of numbers across cuts', () => {
    expect(readInSteps('[[1.0,2.0],[3.0,4.0]]', 1).value).toEqual([
      [new JsonNumber('1.0'), new JsonNumber('2.0')],
      [new JsonNumber('3.0'), new JsonNumber('4.0')],
    ]);
  });
});
