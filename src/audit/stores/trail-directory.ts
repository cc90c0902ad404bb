import type { Dirent } from 'node:fs';
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../audit-store';
import { startOfChain } from '../chain/chain';
import { checkpointFileOf } from '../chain/checkpoints';

const SUFFIX = '.jsonl';
const OPENING_SUFFIX = '.opening';
const INDEX_SUFFIX = '.index';
const UNFINISHED_SUFFIX = '.unfinished';

export interface TrailLocation {
  readonly directory: string;
  readonly checkpointDirectory: string;
  /** How long a chain is kept after the day it was written, in milliseconds. */
  readonly retentionMs: number;
}

export const chainFileOf = (chain: string): string => `${chain}${SUFFIX}`;

export const indexFileOf = (chain: string): string => `${chain}${INDEX_SUFFIX}`;

/** The name of an index before it is whole. */
export const unfinishedIndexOf = (chain: string): string => `${indexFileOf(chain)}${UNFINISHED_SUFFIX}`;

/** The first name of a chain's file. It gets its final name when its first line is durable, so that every chain has one. */
export const openingFileOf = (chain: string): string => `${chain}${OPENING_SUFFIX}`;

/** The chains of a directory, oldest start first; none if the directory does not exist yet. */
export async function listChains(directory: string): Promise<string[]> {
  return chainsWith(SUFFIX, (await listFiles(directory)).files);
}

/**
 * The names in a directory, sorted; none if the directory does not exist yet. `files` can be read to their end; `others` (pipes,
 * devices, directories, dangling links) would block or fail their readers.
 */
export async function listFiles(directory: string): Promise<{ files: readonly string[]; others: readonly string[] }> {
  const files: string[] = [];
  const others: string[] = [];
  for (const entry of await entriesOf(directory)) {
    ((await isFile(directory, entry)) ? files : others).push(entry.name);
  }
  return { files: files.sort(), others: others.sort() };
}

/** The chain that a file is named after; undefined for any other name. */
export function chainOfFile(name: string): string | undefined {
  return chainsWith(SUFFIX, [name])[0];
}

export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/** The chains that began before an instant (RFC 3339), oldest first. Removes unfinished files that a crash left before then. */
export async function chainsBefore(instant: string, directory: string): Promise<string[]> {
  const { files } = await listFiles(directory);
  const isOld = (chain: string) => (startOfChain(chain) ?? instant) < instant;
  for (const chain of chainsWith(OPENING_SUFFIX, files).filter(isOld)) {
    await unlink(join(directory, openingFileOf(chain)));
  }
  return chainsWith(SUFFIX, files).filter(isOld);
}

/** Removes indexes of chains that are gone, and unfinished ones that a crash left. */
export async function removeOrphanIndexes(directory: string): Promise<void> {
  const { files } = await listFiles(directory);
  const present = new Set(chainsWith(SUFFIX, files));
  const orphans = chainsWith(INDEX_SUFFIX, files).filter((chain) => !present.has(chain));
  const unfinished = chainsWith(`${INDEX_SUFFIX}${UNFINISHED_SUFFIX}`, files);
  for (const name of [...orphans.map(indexFileOf), ...unfinished.map(unfinishedIndexOf)]) {
    await rm(join(directory, name), { force: true });
  }
}

/** Removes the index before its chain, as nothing would remove it later, and checkpoints first, as a checkpoint must not name a chain that is gone. */
export async function removeChains(chains: readonly string[], location: TrailLocation): Promise<void> {
  for (const chain of chains) {
    // The directory of the checkpoints may allow the service only to append.
    await unlink(join(location.checkpointDirectory, checkpointFileOf(chain))).catch(() => undefined);
    await rm(join(location.directory, indexFileOf(chain)), { force: true });
    await unlink(join(location.directory, chainFileOf(chain)));
  }
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function isFile(directory: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(join(directory, entry.name)).then(
    (target) => target.isFile(),
    () => false,
  );
}

function chainsWith(suffix: string, names: readonly string[]): string[] {
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .filter((chain) => startOfChain(chain) !== undefined)
    .sort();
}
