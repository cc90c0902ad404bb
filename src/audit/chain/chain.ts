import type { Clock } from '../../clock/clock';
import { MAX_STEP_BACK_MS, newChainId } from './chain-id';
import { closeLine, hashedPart, NO_HASH } from './line';
import type { TrailKey } from './trail-key';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** The least age at which a clock that went back ends a chain, in milliseconds. */
const MIN_LIFE_MS = 60_000;

/** A line of a chain, and with it everything before that line. */
export interface ChainPoint {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** The end of a chain as it was found in the store. */
export interface ChainEnd extends ChainPoint {
  /** Bytes behind the last whole line, left by a crash within a write. */
  readonly torn: number;
}

/** What the first line of a chain states about the trail before it. */
export interface Opening {
  /** The end of the chain before this one; null for the first of a trail. */
  readonly after: ChainEnd | null;
  /** RFC 3339: retention removes the chains that began before. */
  readonly keptFrom: string;
  /** RFC 3339: the time that retention counts from. Absent if retention uses the clock of the writer alone. */
  readonly retentionClock?: string;
  /** RFC 3339: since when the clock has not jumped. */
  readonly steadySince?: string;
}

/** Makes lines of bodies, each bound to the line before. */
export class Chain {
  readonly id: string;
  readonly #endOfDay: number;
  #seq = -1;
  #hash = NO_HASH;
  #time: number;
  readonly #openedAt: number;

  /** `start`: milliseconds since the epoch. */
  constructor(
    start: number,
    private readonly key: TrailKey,
    private readonly clock: Clock,
  ) {
    this.id = newChainId(start);
    this.#time = start;
    this.#openedAt = clock.monotonic();
    this.#endOfDay = (Math.floor(start / MS_OF_A_DAY) + 1) * MS_OF_A_DAY - 1;
  }

  /** The first line. */
  open(opening: Opening): string {
    return this.link(JSON.stringify({ phase: 'open', chain: this.id, keyId: this.key.id, ...opening }));
  }

  /**
   * The next line, with its line end, for the text of a JSON object that is not empty. Its time never goes back and never leaves
   * the UTC day of the chain, whatever the clock does, as readers find lines by their time.
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

  /**
   * Whether the UTC day of the chain is over, or the clock went back by more than an hour. The latter ends a chain once a minute
   * at most; otherwise a clock that jumps back and forth would make a chain for each batch.
   */
  get isOutdated(): boolean {
    const now = this.clock.now();
    if (now > this.#endOfDay) return true;
    return now < this.#time - MAX_STEP_BACK_MS && this.clock.monotonic() - this.#openedAt >= MIN_LIFE_MS;
  }

  /** The time of the line that was linked last, in milliseconds since the epoch. */
  get time(): number {
    return this.#time;
  }

  /** The line that was linked last. */
  get end(): ChainPoint {
    return { chain: this.id, seq: this.#seq, hash: this.#hash };
  }
}
