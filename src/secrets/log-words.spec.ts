import fc from 'fast-check';
import { LogWords } from './log-words';

function wordsOf(words: readonly string[], slots = 1 << 16): LogWords {
  const made = new LogWords(slots);
  for (const word of words) made.add(word);
  return made;
}

describe('LogWords', () => {
  it('includes the texts that a search of each word finds, even with a full filter', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 8, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), text, fc.constantFrom(8, 1 << 16), (words, part, slots) => {
        expect(wordsOf(words, slots).include(part)).toBe(words.some((other) => other.includes(part)));
      }),
    );
  });

  it('includes no text that spans two words', () => {
    expect(wordsOf(['tenant-one', 'tenant-two'], 8).include('one\ntenant')).toBe(false);
  });

  // A search of all words for each text would exceed the time limit of a test.
  it('takes the same time for a text whatever the number of words', () => {
    const words = wordsOf(
      Array.from({ length: 20_000 }, (_, index) => `tenant-${String(index).padStart(12, '0')}`),
      1 << 22,
    );
    const secrets = Array.from({ length: 50_000 }, (_, index) => `EAAGm0PX${String(index * 7919).padStart(24, '9')}`);
    expect(secrets.filter((secret) => words.include(secret))).toEqual([]);
    expect(words.include('tenant-000000019999')).toBe(true);
  });
});
