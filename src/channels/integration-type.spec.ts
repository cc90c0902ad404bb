import { JsonNumber } from '../json/json-value';
import { INTEGRATION_TYPE_NUMBERS, integrationTypeOf } from './integration-type';

const TABLE: readonly (readonly [string, number])[] = [
  ['Customer', 2],
  ['Agent', 3],
  ['Bot', 4],
  ['System', 5],
];

describe('integrationTypeOf', () => {
  it('has the public integration types with their numbers [S-012]', () => {
    expect(Object.entries(INTEGRATION_TYPE_NUMBERS)).toEqual(TABLE);
  });

  it.each(TABLE)('accepts %s in any case, %d as a number and as digits [S-236, S-401]', (name, number) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), number, String(number)]) {
      expect(integrationTypeOf(spelling)).toBe(name);
    }
  });

  it('accepts every spelling of a number [S-236]', () => {
    expect(integrationTypeOf(new JsonNumber('3.0'))).toBe('Agent');
    expect(integrationTypeOf(new JsonNumber('3.00000000000000000001'))).toBeUndefined();
  });

  it.each([
    ['None', 'None'],
    ['the number of None', 0],
    ['Hubster', 'Hubster'],
    ['the number of Hubster', 1],
    ['an unknown number', 6],
    ['a fraction', 2.5],
    ['white space', 'Agent '],
    ['a list', [2]],
    ['an object that cannot be converted to text', { toString: 1 }],
    ['null', null],
  ])('rejects %s [S-236]', (_what, value) => {
    expect(integrationTypeOf(value)).toBeUndefined();
  });
});
