import { join } from 'node:path';
import { logEvent } from '../../../observability/log/log-events';
import type { Logger } from '../../../observability/log/logger';
import { reasonOf } from '../../audit-store';
import { headOf, type TrailKey } from '../../chain/chain';
import { linesBackwards } from '../read-lines';
import { chainFileOf, listChains, removeOrphanIndexes } from '../trail-directory';
import { buildIndex } from './build-index';
import { IndexPages, InvalidIndex } from './index-pages';

const SEAL = /^\{"seq":\d{1,15},"time":"[^"]{24}","phase":"seal",/;

/** Makes the indexes of chains in the background, one at a time. They only save reading, so a failure is logged and no more. */
export class Indexer {
  readonly #due = new Set<string>();
  readonly #stop = new AbortController();
  #hasStarted = false;
  #running: Promise<void> | undefined;

  constructor(
    private readonly directory: string,
    private readonly key: TrailKey,
    private readonly logger: Logger,
  ) {}

  /** When this process opens a chain. The first time it finds chains without an index, those included that a crash ended. */
  start(current: string): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#running = this.#inspect(current).finally(() => this.#continue());
  }

  /** A chain was sealed, or a reader could not use its index. */
  add(chain: string): void {
    this.#due.add(chain);
    // Before the start nothing is written, not even an index.
    if (this.#hasStarted && this.#running === undefined) this.#continue();
  }

  /** Resolves when every chain that is known by now has its index. */
  async idle(): Promise<void> {
    for (let running = this.#running; running !== undefined; running = this.#running) await running;
  }

  /** The rest is left to the next process. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  #continue(): void {
    const isDone = this.#due.size === 0 || this.#stop.signal.aborted;
    this.#running = isDone ? undefined : this.#buildDue().finally(() => this.#continue());
  }

  async #inspect(current: string): Promise<void> {
    await this.#attempt(() => removeOrphanIndexes(this.directory));
    const chains = (await this.#attempt(() => listChains(this.directory))) ?? [];
    for (const chain of chains.toReversed()) {
      if (chain === current) continue;
      await this.#attempt(async () => {
        if (!(await this.#hasIndex(chain))) await this.#build(chain);
      });
    }
  }

  async #buildDue(): Promise<void> {
    for (const chain of this.#due) {
      this.#due.delete(chain);
      await this.#attempt(async () => {
        if (await this.#isSealed(chain)) await this.#build(chain);
      });
    }
  }

  /** Reads the first page only: a reader finds the others wrong when it needs them. */
  async #hasIndex(chain: string): Promise<boolean> {
    try {
      const pages = await IndexPages.open(this.directory, chain, this.key);
      await pages?.read(0);
      return pages !== undefined;
    } catch (error) {
      if (error instanceof InvalidIndex) return false;
      throw error;
    }
  }

  /** A chain that is still written would need another index after every line. */
  async #isSealed(chain: string): Promise<boolean> {
    for await (const { line } of linesBackwards(join(this.directory, chainFileOf(chain)))) {
      return headOf(line) !== undefined && SEAL.test(line.toString('latin1', 0, 80));
    }
    return false;
  }

  #build(chain: string): Promise<void> {
    return buildIndex(this.directory, chain, this.key, this.#stop.signal);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#stop.signal.aborted) return undefined;
    try {
      return await work();
    } catch (error) {
      // Retention may have removed the chain.
      if (this.#stop.signal.aborted || reasonOf(error) === 'ENOENT') return undefined;
      logEvent(this.logger, 'audit.index-failed', { reason: reasonOf(error) });
      return undefined;
    }
  }
}
