import { NO_HASH, splitLine, startOfChain, type TrailKey } from '../chain/chain';
import { type ReadOpening, readOpening } from '../chain/opening';
import { type Anchor, type ChainEvidence, EvidenceByChain, readCheckpoints } from './evidence';
import { type StoredTrail, type TrailContent, TrailFiles } from './stored-trail';
import { type Finding, gravestOf, type VerificationResult } from './verification';
import { verifyChain } from './verify-chain';

/** `phase` comes right after sequence and time; a record has its `id` there. */
const RETENTION_LINE = /^\{"seq":\d{1,15},"time":"[^"]{24}","phase":"retention",/;
const LINE_HEAD_LENGTH = 80;

export interface TrailToVerify {
  /** A trail in files by their directory, or any other trail. */
  readonly directory: string | StoredTrail;
  readonly checkpointDirectory: string;
  readonly keys: readonly TrailKey[];
  /** Lines that must be there. */
  readonly anchors?: readonly Anchor[];
  /** Called as bytes are read. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Verifies every chain of a trail. The evidence about all chains is gathered first, so that each chain is read once. A trail may
 * be verified while it is written: chains that are added meanwhile are left out.
 */
export async function verifyTrail(trail: TrailToVerify): Promise<VerificationResult> {
  const { directory, anchors = [] } = trail;
  const stored = typeof directory === 'string' ? new TrailFiles(directory) : directory;
  const keys = new Map(trail.keys.map((key) => [key.id, key]));
  const evidence = new EvidenceByChain();
  for (const anchor of anchors) evidence.get(anchor.chain).addAnchor(anchor);
  // Checkpoints before the trail: a chain that a checkpoint names must not be younger than the list of chains.
  const edited = await readCheckpoints(trail.checkpointDirectory, keys, evidence);
  const present = await stored.content();
  const { chains } = present;
  const openings = await readOpenings(stored, chains, keys);

  const genuine = [...openings.values()].flatMap(({ opening, isGenuine }) => (opening && isGenuine ? [opening] : []));
  for (const { after } of genuine) {
    if (!after) continue;
    evidence.get(after.chain).add(after);
    evidence.get(after.chain).addTorn(after.seq, after.torn);
  }

  const removed = new RemovedChains(genuine);
  const onGenuine = (line: Buffer) => removed.read(line);
  const found: Finding[] = [];
  const onRead = await progressOf(trail, stored, chains);
  let lines = 0;
  for (const chain of chains) {
    const blocks = stored.read(chain);
    const opening = openings.get(chain)?.opening;
    const key = keys.get(opening?.keyId ?? '');
    const ofChain = evidence.get(chain);
    const verified = await verifyChain({ chain, blocks, key, evidence: ofChain, onGenuine, onRead });
    lines += verified.lines;
    const finding = earlierOf(foreignOpening(chain, opening, ofChain), verified.finding);
    if (finding?.state !== 'tampered' && !key) {
      found.push({
        state: 'unknown-key',
        chain,
        seq: 0,
        reason: 'the chain was written under a SECRET_KEY that was not given',
      });
    }
    if (finding) found.push(finding);
  }
  const findings = [...edited, ...missingChains(evidence.chains, present, removed), ...found];
  const isEmpty = chains.length === 0 && findings.length === 0;
  return { state: isEmpty ? 'no-trail' : gravestOf(findings), chains: chains.length, lines, findings };
}

interface FoundOpening {
  readonly opening: ReadOpening | undefined;
  /** Whether one of the keys wrote it. */
  readonly isGenuine: boolean;
}

async function readOpenings(
  stored: StoredTrail,
  chains: readonly string[],
  keys: ReadonlyMap<string, TrailKey>,
): Promise<ReadonlyMap<string, FoundOpening>> {
  const openings = new Map<string, FoundOpening>();
  for (const chain of chains) {
    const line = await stored.firstLine(chain);
    const opening = readOpening(line);
    const parts = splitLine(line);
    const key = keys.get(opening?.keyId ?? '');
    openings.set(chain, { opening, isGenuine: parts !== undefined && key?.hash(NO_HASH, parts.hashed) === parts.hash });
  }
  return openings;
}

/** Chains that are named but gone although retention did not remove them, and other things that have the name of a chain. */
function missingChains(named: readonly string[], content: TrailContent, removed: RemovedChains): Finding[] {
  const { chains, replaced, others } = content;
  const found = new Set([...chains, ...replaced]);
  const missing = named.filter((chain) => !found.has(chain) && !removed.has(chain));
  const tampered = (chain: string, reason: string): Finding => ({ state: 'tampered', chain, seq: 0, reason });
  return [
    ...replaced.map((chain) => tampered(chain, 'the file of the chain is not a regular file')),
    ...missing.map((chain) => {
      const leftover = others.find((name) => name.startsWith(`${chain}.jsonl.`));
      const hint = leftover === undefined ? '' : ` (another file begins with its name: ${leftover})`;
      return tampered(chain, `other parts of the trail name the chain, but it is missing${hint}`);
    }),
  ];
}

/** A contradiction of the first line of a chain with the evidence, even if its lines fit each other. */
function foreignOpening(chain: string, opening: ReadOpening | undefined, evidence: ChainEvidence): Finding | undefined {
  const tampered = (seq: number, reason: string): Finding => ({ state: 'tampered', chain, seq, reason });
  if (opening?.chain !== chain) return tampered(0, 'the first line does not belong to this chain');
  if (evidence.namesAnotherKey(opening.keyId)) return tampered(0, 'a checkpoint names another key');
  if (evidence.contradiction !== undefined)
    return tampered(evidence.contradiction, 'checkpoints and later chains disagree');
  return undefined;
}

function earlierOf(opening: Finding | undefined, line: Finding | undefined): Finding | undefined {
  if (!opening || line?.state !== 'tampered') return opening ?? line;
  return opening.seq <= line.seq ? opening : line;
}

async function progressOf({ onProgress }: TrailToVerify, stored: StoredTrail, chains: readonly string[]) {
  if (!onProgress) return () => undefined;
  let total = 0;
  for (const chain of chains) total += await stored.sizeOf(chain);
  let done = 0;
  return (bytes: number) => {
    done += bytes;
    onProgress(done, total);
  };
}

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
  read(line: Buffer): void {
    if (!RETENTION_LINE.test(line.toString('latin1', 0, LINE_HEAD_LENGTH))) return;
    const { chains } = JSON.parse(line.toString());
    if (!Array.isArray(chains)) return;
    for (const chain of chains) if (typeof chain === 'string') this.#named.add(chain);
  }

  has(chain: string): boolean {
    return this.#named.has(chain) || (startOfChain(chain) ?? this.#before) < this.#before;
  }
}
