import type { Clock } from '../../clock/clock';
import type { Logger } from '../../observability/logger';
import { Chain, type ChainEnd, type ChainPoint } from '../chain/chain';
import { nextStart } from '../chain/chain-id';
import type { TrailKey } from '../chain/trail-key';
import { type ChainFile, type CreateChainFile, createChainFile } from './chain-file';
import { Retention } from './retention';
import type { TrailTime } from './retention-clock';
import { makePrivateDirectory, type TrailLocation } from './trail-directory';
import { endOfChain, lastChainOf, trailTimeOf } from './trail-end';

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
