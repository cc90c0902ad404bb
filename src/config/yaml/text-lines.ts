/** Line numbers by offset. The lines are found on first use, as a valid file has no use for them. */
export class TextLines {
  #starts: readonly number[] | undefined;

  constructor(private readonly text: string) {}

  /** The line of the offset, from 1. */
  at(offset: number): number {
    this.#starts ??= [0, ...Array.from(this.text.matchAll(/\n/g), ({ index }) => index + 1)];
    let [low, high] = [1, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
