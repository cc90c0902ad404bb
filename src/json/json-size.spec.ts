import { exceedsCount, exceedsSize } from './json-size';
import { JsonNumber } from './json-value';

describe('exceedsSize', () => {
  it.each([
    ['a text', 'a'.repeat(98)],
    ['an array', Array(50).fill(1)],
    ['an object', Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`name${index}`, 1]))],
    ['nested values', [{ a: [{ b: 'c'.repeat(80) }] }]],
    ['a number with its own text', new JsonNumber('1'.repeat(100))],
  ])('counts %s', (_what, value) => {
    expect(exceedsSize(value, 50)).toBe(true);
    expect(exceedsSize(value, 101)).toBe(false);
  });

  it('stops counting at the limit', () => {
    const endless: unknown[] = ['a'.repeat(100)];
    endless.push(endless);
    expect(exceedsSize(JSON.parse('[]'), 10)).toBe(false);
    expect(exceedsSize(endless as never, 50)).toBe(true);
  });
});

describe('exceedsCount', () => {
  it.each([
    ['elements', Array(9).fill('')],
    ['members', Object.fromEntries(Array.from({ length: 9 }, (_, index) => [index, null]))],
    ['containers', [[[[[{ a: { b: [{ c: {} }] } }]]]]]],
    ['a JsonNumber as ten values', new JsonNumber('-0')],
  ])('counts %s', (_what, value) => {
    expect(exceedsCount(value, 9)).toBe(true);
    expect(exceedsCount(value, 10)).toBe(false);
  });

  it('stops counting at the limit', () => {
    const endless: unknown[] = ['a'];
    endless.push(endless);
    expect(exceedsCount(endless as never, 50)).toBe(true);
  });
});
