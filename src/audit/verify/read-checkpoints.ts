import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Checkpoint, readCheckpoint } from '../chain/checkpoint';
import { chainOfCheckpoints } from '../chain/checkpoints';
import type { TrailKey } from '../chain/trail-key';
import { listFiles } from '../files/trail-directory';
import type { EvidenceByChain } from './chain-evidence';
import type { Finding } from './verification';

const LINE_ENDING = '"}';
/** In characters: longer than any checkpoint. */
const MAX_LINE = 4096;

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
    if (chain !== undefined) findings.push(edited(chain, 0, 'its checkpoints are not in a regular file'));
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
  const ofChain = evidence.of(checkpoint.chain);
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
