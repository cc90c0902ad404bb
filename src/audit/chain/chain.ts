import type { Clock } from '../../clock/clock';
import { newChainId } from './chain-id';
import { closeLine, hashedPart, NO_HASH } from './line';
import type { TrailKey } from './trail-key';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;

/** A line of a chain, and with it everything before that line. */
export interface ChainPoint {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** Where a chain was found to end. */
export interface ChainEnd extends ChainPoint {
  /** Bytes behind the last whole line: what a crash in the middle of a write left. */
  readonly torn: number;
}

/** What the first line of a chain tells of the trail before it. */
export interface Opening {
  /** The end of the chain before this one; null for the first of a trail. */
  readonly after: ChainEnd | null;
  /** RFC 3339: retention removes the chains that began before. */
  readonly keptFrom: string;
}

/** Turns bodies into lines, each bound to the one before. */
export class Chain {
  readonly id: string;
  readonly #endOfDay: number;
  #seq = -1;
  #hash = NO_HASH;
  #time: number;

  /** `start`: milliseconds since the epoch. */
  constructor(
    start: number,
    private readonly key: TrailKey,
    private readonly clock: Clock,
  ) {
    this.id = newChainId(start);
    this.#time = start;
    this.#endOfDay = (Math.floor(start / MS_OF_A_DAY) + 1) * MS_OF_A_DAY - 1;
  }

  /** The first line. */
  open({ after, keptFrom }: Opening): string {
    return this.link(JSON.stringify({ phase: 'open', chain: this.id, keyId: this.key.id, after, keptFrom }));
  }

  /**
   * The next line, with its line end, for the text of a JSON object that is not empty. Its time never goes back and never
   * leaves the UTC day of the chain, whatever the clock does meanwhile: readers find lines by it.
   */
  link(body: string): string {
    this.#time = Math.min(Math.max(this.#time, this.clock.now()), this.#endOfDay);
    this.#seq += 1;
    const hashed = hashedPart(this.#seq, new Date(this.#time).toISOString(), body);
    this.#hash = this.key.hash(this.#hash, hashed);
    return `${closeLine(hashed, this.#hash)}\n`;
  }

  /** The last line. */
  seal(): string {
    return this.link(JSON.stringify({ phase: 'seal' }));
  }

  /** Whether the clock has left the UTC day of the chain. */
  get isOfAnotherDay(): boolean {
    const now = this.clock.now();
    return now > this.#endOfDay || now <= this.#endOfDay - MS_OF_A_DAY;
  }

  /** The line that was linked last. */
  get end(): ChainPoint {
    return { chain: this.id, seq: this.#seq, hash: this.#hash };
  }
}
