import { startOfChain } from '../chain/chain-id';
import type { ReadOpening } from '../chain/read-opening';

/** `phase` comes right after sequence and time; a record has its `id` there. */
const STATEMENT = /^\{"seq":\d{1,15},"time":"[^"]{24}","phase":"retention",/;
const HEAD_LENGTH = 80;

/**
 * Which chains retention removed, according to the trail: a statement names each chain before it is removed. Statements are removed
 * with the chains that contain them, so any chain from before the `keptFrom` of the oldest chain counts as removed, too.
 */
export class RemovedChains {
  readonly #named = new Set<string>();
  #before = '';

  /** `openings`: the first lines of the present chains, oldest first, only those that one of the keys wrote. */
  constructor(openings: readonly ReadOpening[]) {
    // Chains from before statements existed have only `keptFrom`.
    const trusted = openings.filter(({ retentionClock }, index) => index === 0 || retentionClock === undefined);
    for (const { keptFrom } of trusted) if (keptFrom > this.#before) this.#before = keptFrom;
  }

  /** `line` has to be genuine. */
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
