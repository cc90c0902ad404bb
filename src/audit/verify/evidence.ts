import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type ChainPoint, startOfChain, type TrailKey } from '../chain/chain';
import { type Checkpoint, chainOfCheckpoints, readCheckpoint } from '../chain/checkpoints';
import { listFiles } from '../stores/trail-directory';
import type { Finding } from './verification';

/** A line that an operator noted elsewhere; the chain must have it. */
export interface Anchor {
  readonly chain: string;
  readonly seq: number;
  /** Absent if only the sequence was noted. */
  readonly hash?: string;
}

const ANCHOR = /^([^:]{1,64}):(\d{1,15})(?::([A-Za-z0-9_-]{43}))?$/;

const LINE_ENDING = '"}';
/** In characters: longer than any checkpoint. */
const MAX_LINE = 4096;

/** Reads `CHAIN:SEQ` or `CHAIN:SEQ:HASH`; undefined for any other text. */
export function readAnchor(text: string): Anchor | undefined {
  const [, chain = '', seq, hash] = ANCHOR.exec(text) ?? [];
  if (startOfChain(chain) === undefined) return undefined;
  return { chain, seq: Number(seq), ...(hash !== undefined && { hash }) };
}

/** The statements of checkpoints, of the first lines of later chains, and of anchors about one chain. */
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

  get(chain: string): ChainEvidence {
    const known = this.#evidence.get(chain) ?? new ChainEvidence();
    this.#evidence.set(chain, known);
    return known;
  }

  get chains(): string[] {
    return [...this.#evidence.keys()];
  }
}

/**
 * Adds all checkpoints of a directory whose signature is right, or whose key is unknown, to the evidence. Returns a finding for the
 * first other one of each file. Without checkpoints a trail can still be verified, with less certainty about its end.
 */
export async function readCheckpoints(
  directory: string,
  keys: ReadonlyMap<string, TrailKey>,
  evidence: EvidenceByChain,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { files, others } = await listFiles(directory);
  for (const name of others) {
    const chain = chainOfCheckpoints(name);
    if (chain !== undefined) findings.push(edited(chain, 0, 'the file of its checkpoints is not a regular file'));
  }
  for (const name of files) {
    const chain = chainOfCheckpoints(name);
    if (chain === undefined) continue;
    let finding: Finding | undefined;
    for await (const line of linesOf(join(directory, name))) {
      // A crash may leave a line without its end. Such a line proves as little as one that was removed.
      if (!line.endsWith(LINE_ENDING)) continue;
      const checkpoint = readCheckpoint(line);
      if (checkpoint?.chain === chain && isSigned(checkpoint, keys)) add(checkpoint, keys, evidence);
      else finding ??= edited(chain, checkpoint?.seq ?? 0, 'a checkpoint was edited');
    }
    if (finding) findings.push(finding);
  }
  return findings;
}

function add(checkpoint: Checkpoint, keys: ReadonlyMap<string, TrailKey>, evidence: EvidenceByChain): void {
  const ofChain = evidence.get(checkpoint.chain);
  ofChain.addKeyId(checkpoint.keyId);
  if (keys.has(checkpoint.keyId)) ofChain.add(checkpoint);
}

function edited(chain: string, seq: number, reason: string): Finding {
  return { state: 'tampered', chain, seq, reason };
}

function isSigned({ keyId, signed, signature }: Checkpoint, keys: ReadonlyMap<string, TrailKey>): boolean {
  return keys.get(keyId)?.hasSigned(signed, signature) ?? true;
}

/** The lines of a file; of a line that is too long for a checkpoint only the end, so that memory is bounded. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const block of createReadStream(path, 'latin1')) {
    const lines = `${rest}${block}`.split('\n');
    rest = (lines.pop() ?? '').slice(-MAX_LINE);
    yield* lines;
  }
  yield rest;
}
