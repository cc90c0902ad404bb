import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checkpoint, readCheckpoint } from '../chain/checkpoint';
import { chainOfCheckpoints } from '../chain/checkpoints';
import type { TrailKey } from '../chain/trail-key';
import { reasonOf } from '../reason';
import type { Finding } from './verdict';

const LINE_ENDING = '"}';

interface ReadCheckpoints {
  readonly checkpoints: readonly Checkpoint[];
  readonly findings: readonly Finding[];
}

/** All checkpoints of a directory whose signature is right, or whose key is not known; a finding for each other one. */
export async function readCheckpoints(
  directory: string,
  keys: ReadonlyMap<string, TrailKey>,
): Promise<ReadCheckpoints> {
  const checkpoints: Checkpoint[] = [];
  const findings: Finding[] = [];
  for (const file of (await namesIn(directory)).sort()) {
    const chain = chainOfCheckpoints(file);
    if (chain === undefined) continue;
    for (const line of (await readFile(join(directory, file), 'utf8')).split('\n')) {
      // A line without its end is what a crash left of one; cutting it there hides no more than removing it.
      if (!line.endsWith(LINE_ENDING)) continue;
      const checkpoint = readCheckpoint(line);
      if (checkpoint?.chain === chain && isSigned(checkpoint, keys)) checkpoints.push(checkpoint);
      else findings.push({ state: 'tampered', chain, seq: checkpoint?.seq ?? 0, reason: 'a checkpoint was edited' });
    }
  }
  return { checkpoints, findings };
}

function isSigned({ keyId, signed, signature }: Checkpoint, keys: ReadonlyMap<string, TrailKey>): boolean {
  return keys.get(keyId)?.hasSigned(signed, signature) ?? true;
}

/** Without checkpoints a trail can still be verified, only with less certainty about its end. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return [];
    throw error;
  }
}
