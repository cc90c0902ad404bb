/** Characters in a row that the filter compares; `include` takes no shorter text. */
const GRAM = 8;

/**
 * Words that the log shows anyway. A filter of eight characters in a row excludes texts that are part of no word, so that the time does not
 * depend on the number of words: tens of thousands of ids, and as many secrets in one list, are common.
 */
export class LogWords {
  /** One bit for each slot, set if eight characters of a word fall into it. */
  readonly #filter: Uint8Array;
  /** The words, one a line. */
  #text = '';
  #longest = 0;

  /** @param slots a power of 2, several times the characters of all words */
  constructor(private readonly slots: number) {
    this.#filter = new Uint8Array(slots / 8);
  }

  add(word: string): void {
    this.#text += `\n${word}`;
    this.#longest = Math.max(this.#longest, word.length);
    for (let at = 0; at + GRAM <= word.length; at += 1) {
      const slot = this.#slotOf(word, at);
      this.#filter[slot >> 3] = (this.#filter[slot >> 3] ?? 0) | (1 << (slot & 7));
    }
  }

  /** Whether a word contains the text. `text`: at least eight characters. */
  include(text: string): boolean {
    if (text.length > this.#longest) return false;
    for (let at = 0; at + GRAM <= text.length; at += 1) {
      const slot = this.#slotOf(text, at);
      if (((this.#filter[slot >> 3] ?? 0) & (1 << (slot & 7))) === 0) return false;
    }
    return !text.includes('\n') && this.#text.includes(text);
  }

  #slotOf(text: string, at: number): number {
    let mixed = 0;
    for (let next = at; next < at + GRAM; next += 1) mixed = Math.imul(mixed, 0x01000193) ^ text.charCodeAt(next);
    return (mixed ^ (mixed >>> 15)) & (this.slots - 1);
  }
}
