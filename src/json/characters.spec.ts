import { firstCharacters, isLongerThan } from './json-size';

describe('lengths of texts', () => {
  it.each([
    ['abc', 3, false],
    ['abcd', 3, true],
    ['🎭🎭🎭', 3, false],
    ['🎭🎭🎭a', 3, true],
    ['🎭'.repeat(1000), 3, true],
    ['', 0, false],
    ['\ud83c\ud83c', 2, false],
  ])('%j has more than %i characters: %s', (text, max, isLonger) => {
    expect(isLongerThan(text, max)).toBe(isLonger);
  });

  it('cuts a text between characters', () => {
    expect(firstCharacters('a🎭🎭b', 2)).toBe('a🎭');
    expect(firstCharacters('🎭🎭🎭', 2)).toBe('🎭🎭');
    expect(firstCharacters('ab', 5)).toBe('ab');
  });
});
