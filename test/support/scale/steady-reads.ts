import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** One read, as a caller of one tenant. */
export interface Read {
  readonly path: string;
  readonly key: string;
}

interface ReadTimes {
  readonly count: number;
  readonly longestMs: number;
  /** Responses other than 200. */
  readonly failed: number;
}

/** Reads at a fixed rate, sent by a thread (`reads-thread.cjs`). */
export class SteadyReads {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves when each read was sent once. */
  static async start(url: string, reads: readonly Read[], perSecond: number): Promise<SteadyReads> {
    const worker = new Worker(join(__dirname, 'reads-thread.cjs'), { workerData: { url, reads, perSecond } });
    await once(worker, 'message');
    return new SteadyReads(worker);
  }

  run(): void {
    this.#worker.postMessage('run');
  }

  /** Resolves when all responses are there. */
  async stop(): Promise<ReadTimes> {
    this.#worker.postMessage('stop');
    const [times]: [ReadTimes] = await once(this.#worker, 'message').then(([message]) => [message]);
    return times;
  }
}
