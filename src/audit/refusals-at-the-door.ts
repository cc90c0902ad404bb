import type { Clock } from '../clock/clock';
import { networkOf } from '../context/network';

const WINDOW_MS = 60_000;
const LINES_OF_AN_ADDRESS = 60;
const LINES_IN_ALL = 3000;
const MAX_ADDRESSES = 1000;
/** Stands for all addresses beyond the first thousand of a minute. */
const OTHERS = '*';

interface Tally {
  lines: number;
  counted: number;
}

/**
 * Decides which refusals of strangers get a line: 60 a minute for each address and 3,000 in all, the rest is counted
 * (design 7). An IPv6 network of 64 bits counts as one address: it is what one customer gets.
 */
export class RefusalsAtTheDoor {
  readonly #stop = new AbortController();
  #tallies = new Map<string, Tally>();
  #lines = 0;
  #isRunning = false;

  /** `summarise` is called at the end of a minute for each address that had more than its lines. */
  constructor(
    private readonly clock: Clock,
    private readonly summarise: (address: string, count: number) => void,
  ) {}

  /** True where this refusal gets a line of its own; false where it is only counted. */
  admit(address: string): boolean {
    void this.#runWindow();
    const tally = this.#tallyOf(networkOf(address));
    if (tally.lines < LINES_OF_AN_ADDRESS && this.#lines < LINES_IN_ALL) {
      tally.lines += 1;
      this.#lines += 1;
      return true;
    }
    tally.counted += 1;
    return false;
  }

  /** Tells what was counted so far, now. */
  close(): void {
    this.#stop.abort();
    this.#endWindow();
  }

  #tallyOf(network: string): Tally {
    const known = this.#tallies.get(network);
    if (known) return known;
    if (this.#tallies.size >= MAX_ADDRESSES && network !== OTHERS) return this.#tallyOf(OTHERS);
    const tally = { lines: 0, counted: 0 };
    this.#tallies.set(network, tally);
    return tally;
  }

  async #runWindow(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    await this.clock.sleep(WINDOW_MS, this.#stop.signal).catch(() => undefined);
    this.#isRunning = false;
    this.#endWindow();
  }

  #endWindow(): void {
    const tallies = this.#tallies;
    this.#tallies = new Map();
    this.#lines = 0;
    for (const [address, { counted }] of tallies) if (counted > 0) this.summarise(address, counted);
  }
}
