import { join } from 'node:path';
import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log-events';
import type { Logger } from '../../observability/logger';
import { Chain, type ChainEnd, type ChainPoint } from '../chain/chain';
import { headOf, splitLine } from '../chain/line';
import type { TrailKey } from '../chain/trail-key';
import { reasonOf } from '../reason';
import { type ChainFile, type CreateChainFile, createChainFile } from './chain-file';
import { linesBackwards, tornBytesOf } from './lines-backwards';
import { chainFileOf, listChains, makePrivateDirectory, removeChainsBefore } from './trail-directory';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;

export interface TrailPlace {
  readonly directory: string;
  readonly checkpointDirectory: string;
  /** How long a chain is kept after the day it was written, in milliseconds. */
  readonly retentionMs: number;
}

/** Opens chains in a directory and keeps the directory as small as retention says. */
export class ChainOpener {
  #lastStart = 0;

  constructor(
    readonly place: TrailPlace,
    private readonly key: TrailKey,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly create: CreateChainFile = createChainFile,
  ) {}

  /** `durable`: the last line of this process that is known to be on disk. */
  async open(durable: ChainPoint | undefined): Promise<{ chain: Chain; file: ChainFile }> {
    const { directory } = this.place;
    await makePrivateDirectory(directory);
    // Two chains of one process never start in the same millisecond, so that their names sort as they came.
    this.#lastStart = Math.max(this.clock.now(), this.#lastStart + 1);
    const chain = new Chain(this.#lastStart, this.key, this.clock);
    const keptFrom = this.#keptFrom();
    const file = await this.create(
      directory,
      chain.id,
      chain.open({ after: await this.#endOfLast(durable), keptFrom }),
    );
    await this.#retain(keptFrom);
    return { chain, file };
  }

  /** What the disk has at the end of the chain before, unless we know that it had more. */
  async #endOfLast(durable: ChainPoint | undefined): Promise<ChainEnd | null> {
    const chain = durable?.chain ?? (await listChains(this.place.directory)).at(-1);
    const found = chain === undefined ? null : await this.#endOf(chain);
    return durable && durable.seq > (found?.seq ?? -1) ? { ...durable, torn: 0 } : found;
  }

  async #endOf(chain: string): Promise<ChainEnd | null> {
    const path = join(this.place.directory, chainFileOf(chain));
    try {
      for await (const line of linesBackwards(path)) {
        const seq = headOf(line)?.seq;
        const hash = splitLine(line)?.hash;
        if (seq !== undefined && hash !== undefined) return { chain, seq, hash, torn: await tornBytesOf(path) };
      }
    } catch (error) {
      if (reasonOf(error) !== 'ENOENT') throw error;
    }
    return null;
  }

  #keptFrom(): string {
    const days = Math.floor(this.clock.now() / MS_OF_A_DAY) - Math.ceil(this.place.retentionMs / MS_OF_A_DAY);
    return new Date(days * MS_OF_A_DAY).toISOString();
  }

  /** Too many files are no reason to refuse writes. */
  async #retain(keptFrom: string): Promise<void> {
    try {
      await removeChainsBefore(keptFrom, this.place.directory, this.place.checkpointDirectory);
    } catch (error) {
      logEvent(this.logger, 'audit.retention-failed', { reason: reasonOf(error) });
    }
  }
}
