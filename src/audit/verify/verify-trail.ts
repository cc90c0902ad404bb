import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startOfChain } from '../chain/chain-id';
import { NO_HASH, splitLine } from '../chain/line';
import type { TrailKey } from '../chain/trail-key';
import { firstLineOf } from '../files/first-line';
import { chainFileOf, listChains } from '../files/trail-directory';
import { Claims } from './claims';
import { readCheckpoints } from './read-checkpoints';
import { type ReadOpening, readOpening } from './read-opening';
import { type Finding, gravestOf, type Verdict } from './verdict';
import { verifyChain } from './verify-chain';

export interface TrailToVerify {
  readonly directory: string;
  readonly checkpointDirectory: string;
  readonly keys: readonly TrailKey[];
  /** Called as bytes are read. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Verifies every chain of a directory (design 7). What others say of a chain is gathered first, so that each file is read
 * once. A trail may be verified while it is written: what comes meanwhile is not looked at.
 */
export async function verifyTrail(trail: TrailToVerify): Promise<Verdict> {
  const keys = new Map(trail.keys.map((key) => [key.id, key]));
  // In this order, so that nothing that is named can be younger than the list it is looked for in.
  const { checkpoints, findings: edited } = await readCheckpoints(trail.checkpointDirectory, keys);
  const chains = await listChains(trail.directory);
  const openings = await readOpenings(trail.directory, chains, keys);

  const claims = new ClaimsByChain();
  for (const checkpoint of checkpoints) {
    const ofChain = claims.of(checkpoint.chain);
    ofChain.keyIds.add(checkpoint.keyId);
    if (keys.has(checkpoint.keyId)) ofChain.add(checkpoint);
  }
  let keptFrom = '';
  for (const { opening, isGenuine } of openings.values()) {
    if (!opening || !isGenuine) continue;
    keptFrom = opening.keptFrom > keptFrom ? opening.keptFrom : keptFrom;
    if (!opening.after) continue;
    claims.of(opening.after.chain).add(opening.after);
    claims.of(opening.after.chain).addTorn(opening.after.seq, opening.after.torn);
  }

  const findings = [...edited, ...missingChains(claims.chains, chains, keptFrom)];
  const progress = await progressOf(trail, chains);
  let lines = 0;
  for (const chain of chains) {
    const path = join(trail.directory, chainFileOf(chain));
    const opening = openings.get(chain)?.opening;
    const key = keys.get(opening?.keyId ?? '');
    const ofChain = claims.of(chain);
    const verified = await verifyChain({ chain, path, key, claims: ofChain, onRead: progress });
    lines += verified.lines;
    const finding = firstOf(foreignOpening(chain, opening, ofChain), verified.finding);
    if (finding?.state !== 'tampered' && !key) {
      findings.push({ state: 'unknown-key', chain, seq: 0, reason: 'it was written under a key that was not given' });
    }
    if (finding) findings.push(finding);
  }
  return { state: gravestOf(findings), chains: chains.length, lines, findings };
}

class ClaimsByChain {
  readonly #claims = new Map<string, Claims>();

  of(chain: string): Claims {
    const known = this.#claims.get(chain) ?? new Claims();
    this.#claims.set(chain, known);
    return known;
  }

  get chains(): string[] {
    return [...this.#claims.keys()];
  }
}

interface FoundOpening {
  readonly opening: ReadOpening | undefined;
  /** Whether one of the keys wrote it. */
  readonly isGenuine: boolean;
}

async function readOpenings(
  directory: string,
  chains: readonly string[],
  keys: ReadonlyMap<string, TrailKey>,
): Promise<ReadonlyMap<string, FoundOpening>> {
  const openings = new Map<string, FoundOpening>();
  for (const chain of chains) {
    const line = await firstLineOf(join(directory, chainFileOf(chain)));
    const opening = readOpening(line);
    const parts = splitLine(line);
    const key = keys.get(opening?.keyId ?? '');
    openings.set(chain, { opening, isGenuine: parts !== undefined && key?.hash(NO_HASH, parts.hashed) === parts.hash });
  }
  return openings;
}

/** Chains that are named but gone, and that retention did not remove. */
function missingChains(named: readonly string[], present: readonly string[], keptFrom: string): Finding[] {
  const found = new Set(present);
  return named
    .filter((chain) => !found.has(chain) && (startOfChain(chain) ?? keptFrom) >= keptFrom)
    .map((chain) => ({ state: 'tampered', chain, seq: 0, reason: 'the chain is named, but its file is missing' }));
}

/** What is wrong with a chain although its lines may fit each other. */
function foreignOpening(chain: string, opening: ReadOpening | undefined, claims: Claims): Finding | undefined {
  const tampered = (seq: number, reason: string): Finding => ({ state: 'tampered', chain, seq, reason });
  if (opening?.chain !== chain) return tampered(0, 'the first line is not that of this chain');
  if ([...claims.keyIds].some((id) => id !== opening.keyId)) return tampered(0, 'a checkpoint names another key');
  if (claims.contradiction !== undefined)
    return tampered(claims.contradiction, 'checkpoints and later chains disagree');
  return undefined;
}

function firstOf(one: Finding | undefined, other: Finding | undefined): Finding | undefined {
  if (!one || other?.state !== 'tampered') return one ?? other;
  return one.seq <= other.seq ? one : other;
}

async function progressOf({ directory, onProgress }: TrailToVerify, chains: readonly string[]) {
  if (!onProgress) return () => undefined;
  let total = 0;
  for (const chain of chains) total += (await stat(join(directory, chainFileOf(chain)))).size;
  let done = 0;
  return (bytes: number) => {
    done += bytes;
    onProgress(done, total);
  };
}
