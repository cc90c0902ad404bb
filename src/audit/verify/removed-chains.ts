import { startOfChain } from '../chain/chain-id';
import type { ReadOpening } from '../chain/read-opening';

/** The first member behind sequence and time: records begin with their `id`. */
const STATEMENT = /^\{"seq":\d{1,15},"time":"[^"]{24}","phase":"retention",/;
const HEAD_LENGTH = 80;

/**
 * Which chains retention removed, by what the trail itself says: a statement names each chain before it goes. Statements go
 * with the chains they stand in, so what is older than the oldest of them kept counts as removed, too.
 */
export class RemovedChains {
  readonly #named = new Set<string>();
  #before = '';

  /** `openings`: the first lines of the chains that are there, oldest first, only those that one of the keys wrote. */
  constructor(openings: readonly ReadOpening[]) {
    // Before there were statements, `keptFrom` was all that the trail said.
    const trusted = openings.filter(({ retentionClock }, index) => index === 0 || retentionClock === undefined);
    for (const { keptFrom } of trusted) if (keptFrom > this.#before) this.#before = keptFrom;
  }

  /** `line`: one that is known to be genuine. */
  take(line: Buffer): void {
    if (!STATEMENT.test(line.toString('latin1', 0, HEAD_LENGTH))) return;
    const { chains } = JSON.parse(line.toString());
    if (!Array.isArray(chains)) return;
    for (const chain of chains) if (typeof chain === 'string') this.#named.add(chain);
  }

  has(chain: string): boolean {
    return this.#named.has(chain) || (startOfChain(chain) ?? this.#before) < this.#before;
  }
}
