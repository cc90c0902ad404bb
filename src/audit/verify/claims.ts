import type { ChainPoint } from '../chain/chain';

/** What others say of one chain: checkpoints, and the first lines of later chains. */
export class Claims {
  readonly #hashes = new Map<number, string>();
  readonly #torn = new Map<number, number>();
  /** The ids of the keys that checkpoints of this chain were signed with. */
  readonly keyIds = new Set<string>();
  /** The first sequence on which two of them disagree. */
  contradiction: number | undefined;

  add({ seq, hash }: ChainPoint): void {
    if (hash !== (this.#hashes.get(seq) ?? hash)) this.contradiction = Math.min(seq, this.contradiction ?? seq);
    this.#hashes.set(seq, hash);
  }

  /** A later chain found so many torn bytes behind this sequence. */
  addTorn(seq: number, bytes: number): void {
    this.#torn.set(seq, bytes);
  }

  contradicts(seq: number, hash: string): boolean {
    return hash !== (this.#hashes.get(seq) ?? hash);
  }

  /** Whether the chain is known to end here: one that were longer could have been cut. */
  anchors(seq: number): boolean {
    return this.#hashes.has(seq);
  }

  accountsFor(seq: number, tornBytes: number): boolean {
    return this.#torn.get(seq) === tornBytes;
  }

  /** The highest sequence that is claimed; -1 for none. */
  get highest(): number {
    return Math.max(-1, ...this.#hashes.keys());
  }
}
