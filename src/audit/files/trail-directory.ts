import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { startOfChain } from '../chain/chain-id';
import { checkpointFileOf } from '../chain/checkpoints';
import { reasonOf } from '../reason';

const SUFFIX = '.jsonl';
const OPENING_SUFFIX = '.opening';

export const chainFileOf = (chain: string): string => `${chain}${SUFFIX}`;

/** Where a chain's file is made: it gets its name when its first line is durable, so that every chain has one. */
export const openingFileOf = (chain: string): string => `${chain}${OPENING_SUFFIX}`;

/** The chains of a directory, oldest start first; none where there is no directory yet. */
export async function listChains(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (reasonOf(error) === 'ENOENT') return [];
    throw error;
  });
  return chainsWith(SUFFIX, names);
}

export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/**
 * Removes the chains that began before an instant (RFC 3339), their checkpoints, and openings that a crash left.
 * The trail must tell `keptFrom` first, or their absence looks like tampering.
 */
export async function removeChainsBefore(keptFrom: string, directory: string, checkpoints: string): Promise<void> {
  const names = await readdir(directory);
  const isOld = (chain: string) => (startOfChain(chain) ?? keptFrom) < keptFrom;
  for (const chain of chainsWith(SUFFIX, names).filter(isOld)) {
    await unlink(join(directory, chainFileOf(chain)));
    await unlink(join(checkpoints, checkpointFileOf(chain))).catch(() => undefined);
  }
  for (const chain of chainsWith(OPENING_SUFFIX, names).filter(isOld)) {
    await unlink(join(directory, openingFileOf(chain)));
  }
}

function chainsWith(suffix: string, names: readonly string[]): string[] {
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .filter((chain) => startOfChain(chain) !== undefined)
    .sort();
}
