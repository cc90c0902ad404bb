import type { ChainPoint } from '../chain/chain';
import { startOfChain } from '../chain/chain-id';

/** A line that an operator noted elsewhere; the chain must have it. */
export interface Anchor {
  readonly chain: string;
  readonly seq: number;
  /** Absent if only the sequence was noted. */
  readonly hash?: string;
}

const ANCHOR = /^([^:]{1,64}):(\d{1,15})(?::([A-Za-z0-9_-]{43}))?$/;

/** Reads `CHAIN:SEQ` or `CHAIN:SEQ:HASH`; undefined for any other text. */
export function readAnchor(text: string): Anchor | undefined {
  const [, chain = '', seq, hash] = ANCHOR.exec(text) ?? [];
  if (startOfChain(chain) === undefined) return undefined;
  return { chain, seq: Number(seq), ...(hash !== undefined && { hash }) };
}

/** What checkpoints, the first lines of later chains, and anchors state about one chain. */
export class ChainEvidence {
  readonly #hashes = new Map<number, string>();
  readonly #torn = new Map<number, number>();
  readonly #keyIds = new Set<string>();
  #highest = -1;
  /** The first sequence for which two of them disagree. */
  contradiction: number | undefined;

  add({ seq, hash }: ChainPoint): void {
    if (hash !== (this.#hashes.get(seq) ?? hash)) this.contradiction = Math.min(seq, this.contradiction ?? seq);
    this.#hashes.set(seq, hash);
    this.#highest = Math.max(this.#highest, seq);
  }

  addAnchor({ chain, seq, hash }: Anchor): void {
    if (hash !== undefined) this.add({ chain, seq, hash });
    this.#highest = Math.max(this.#highest, seq);
  }

  /** A later chain states the number of torn bytes behind this sequence. */
  addTorn(seq: number, bytes: number): void {
    this.#torn.set(seq, bytes);
  }

  /** A checkpoint of this chain was signed with this key. Two are enough to know that one of them is wrong. */
  addKeyId(id: string): void {
    if (this.#keyIds.size < 2) this.#keyIds.add(id);
  }

  namesAnotherKey(id: string): boolean {
    return [...this.#keyIds].some((other) => other !== id);
  }

  contradicts(seq: number, hash: string): boolean {
    return hash !== (this.#hashes.get(seq) ?? hash);
  }

  /** Whether evidence names this line. If the chain ends behind all such lines, further lines may have been cut. */
  anchors(seq: number): boolean {
    return this.#hashes.has(seq);
  }

  accountsFor(seq: number, tornBytes: number): boolean {
    return this.#torn.get(seq) === tornBytes;
  }

  /** The highest sequence with evidence; -1 if there is none. */
  get highest(): number {
    return this.#highest;
  }
}

export class EvidenceByChain {
  readonly #evidence = new Map<string, ChainEvidence>();

  of(chain: string): ChainEvidence {
    const known = this.#evidence.get(chain) ?? new ChainEvidence();
    this.#evidence.set(chain, known);
    return known;
  }

  get chains(): string[] {
    return [...this.#evidence.keys()];
  }
}
