import { join } from 'node:path';
import type { Clock } from '../../clock/clock';
import type { Logger } from '../../observability/logger';
import { reasonOf } from '../audit-store';
import { Chain, type ChainEnd, type ChainPoint, headOf, nextStart, splitLine, type TrailKey } from '../chain/chain';
import { type ReadOpening, readOpening } from '../chain/opening';
import { type ChainFile, type CreateChainFile, createChainFile } from './file-audit-store';
import { firstLineOf, linesBackwards, tornBytesOf } from './read-lines';
import { Retention, type TrailTime } from './retention';
import { chainFileOf, listChains, makePrivateDirectory, type TrailLocation } from './trail-directory';

export interface OpenedChain {
  readonly chain: Chain;
  readonly file: ChainFile;
  /** RFC 3339: retention removes chains that began before. */
  readonly keptFrom: string;
}

/** Opens chains in a directory; each names the end of the last. */
export class ChainOpener {
  readonly retention: Retention;
  #last: Chain | undefined;
  #lastStart = 0;

  constructor(
    readonly location: TrailLocation,
    private readonly key: TrailKey,
    private readonly clock: Clock,
    logger: Logger,
    private readonly create: CreateChainFile = createChainFile,
  ) {
    this.retention = new Retention(location, clock, logger);
  }

  /** `durable`: the last line of this process that is known to be on disk. */
  async open(durable: ChainPoint | undefined): Promise<OpenedChain> {
    const { directory } = this.location;
    await makePrivateDirectory(directory);
    const { after, time } = await this.#endOfLast(durable);
    this.#lastStart = nextStart(this.clock.now(), this.#lastStart);
    const chain = new Chain(this.#lastStart, this.key, this.clock);
    const kept = this.retention.next(time);
    const file = await this.create(directory, chain.id, chain.open({ after, ...kept }));
    this.#last = chain;
    return { chain, file, keptFrom: kept.keptFrom };
  }

  /** The end of the chain before, as found on disk, or as this process wrote it if that was later; and its time. */
  async #endOfLast(
    durable: ChainPoint | undefined,
  ): Promise<{ readonly after: ChainEnd | null; readonly time: TrailTime | undefined }> {
    const { directory } = this.location;
    const chain = durable?.chain ?? (await lastChainOf(directory));
    const found = chain === undefined ? null : await endOfChain(directory, chain);
    const ownTime = this.#last && this.retention.timeAt(this.#last.time);
    const time = ownTime ?? (found ? await trailTimeOf(directory, found.chain, found.time) : undefined);
    if (durable && durable.seq > (found?.seq ?? -1)) return { after: { ...durable, torn: 0 }, time };
    if (!found) return { after: null, time };
    const { seq, hash, torn } = found;
    return { after: { chain: found.chain, seq, hash, torn }, time };
  }
}

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
    for await (const line of linesBackwards(path)) {
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
