import { join } from 'node:path';
import { reasonOf } from '../audit-store';
import { headOf, splitLine } from '../chain/chain';
import { type ChainEnd, type ReadOpening, readOpening } from '../chain/opening';
import { firstLineOf, linesBackwards, tornBytesOf } from './read-lines';
import type { TrailTime } from './retention';
import { chainFileOf, listChains } from './trail-directory';

/** A chain as found on disk. */
interface FoundChain {
  readonly opening: ReadOpening;
  /** When its first line was stored, RFC 3339. */
  readonly openedAt: string;
}

/**
 * The chain that was written last: the one that no later chain names as its predecessor. The order of names is no proof, as the
 * clock may have gone back since. Reads the first line of every chain, so it is for the start of a process.
 */
export async function lastChainOf(directory: string): Promise<string | undefined> {
  const named = new Set<string>();
  const found: string[] = [];
  for (const chain of await listChains(directory)) {
    const { opening } = (await findChain(directory, chain)) ?? {};
    if (!opening) continue;
    found.push(chain);
    if (opening.after) named.add(opening.after.chain);
  }
  return found.findLast((chain) => !named.has(chain)) ?? found.at(-1);
}

/** The end of a chain as found on disk; null if there is no whole line of it. */
export async function endOfChain(directory: string, chain: string): Promise<(ChainEnd & { time: string }) | null> {
  const path = join(directory, chainFileOf(chain));
  try {
    for await (const { line } of linesBackwards(path)) {
      const head = headOf(line);
      const hash = splitLine(line)?.hash;
      if (head && hash !== undefined)
        return { chain, seq: head.seq, hash, torn: await tornBytesOf(path), time: head.time };
    }
  } catch (error) {
    if (reasonOf(error) !== 'ENOENT') throw error;
  }
  return null;
}

/** The times of a trail when a chain was opened. Chains from before `retentionClock` existed count with the time of their last line. */
export async function trailTimeOf(directory: string, chain: string, lastLine: string): Promise<TrailTime | undefined> {
  const found = await findChain(directory, chain);
  if (!found) return undefined;
  const { retentionClock = lastLine, steadySince = lastLine } = found.opening;
  const time = {
    openedAt: Date.parse(found.openedAt),
    lastLineAt: Date.parse(lastLine),
    retentionClock: Date.parse(retentionClock),
    steadySince: Date.parse(steadySince),
  };
  return Object.values(time).some(Number.isNaN) ? undefined : time;
}

async function findChain(directory: string, chain: string): Promise<FoundChain | undefined> {
  try {
    const line = await firstLineOf(join(directory, chainFileOf(chain)));
    const opening = readOpening(line);
    const openedAt = headOf(line)?.time;
    return opening?.chain === chain && openedAt !== undefined ? { opening, openedAt } : undefined;
  } catch (error) {
    // Retention of another process may remove a file between listing and reading.
    if (reasonOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
