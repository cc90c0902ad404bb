/** So many characters in a row are found by the filter; no shorter text is asked for. */
const GRAM = 8;

/**
 * Words that the log shows anyway. A text that is a part of none is told from their parts by a filter of eight characters in a row, so what it
 * costs does not depend on the number of words: tens of thousands of ids, and as many secrets in one list, are common.
 */
export class LogWords {
  /** A bit for each slot that a gram of a word has. */
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

  /** Whether a word is the text or has it as a part. `text`: of eight characters or more. */
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
