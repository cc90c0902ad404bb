import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** One read, as a caller of one tenant. */
export interface Read {
  readonly path: string;
  readonly key: string;
}

/**
 * Sends reads at a fixed rate, whatever the responses take, so that a service that stops for a second makes a hundred slow reads and not one.
 * A time counts from the sending: pauses of this process are not the service's.
 */
export class SteadyReads {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #milliseconds: number[] = [];
  #failed = 0;
  #isOver = false;

  constructor(
    private readonly url: string,
    private readonly reads: readonly Read[],
    private readonly perSecond: number,
  ) {}

  get count(): number {
    return this.#milliseconds.length;
  }

  get longestMs(): number {
    return Math.max(...this.#milliseconds);
  }

  /** Responses other than 200. */
  get failed(): number {
    return this.#failed;
  }

  /** Each read once, one after another, so that tokens and entries are there; not counted. */
  async warmUp(): Promise<void> {
    for (const read of this.reads) await this.#status(read);
  }

  /** Runs until `stop`; resolves when all responses are there. */
  async run(): Promise<void> {
    const open: Promise<void>[] = [];
    const start = performance.now();
    for (let sent = 0; !this.#isOver; sent += 1) {
      const due = start + (sent * 1000) / this.perSecond;
      const read = this.reads[sent % this.reads.length];
      if (read) open.push(this.#timed(read));
      await delay(Math.max(0, due + 1000 / this.perSecond - performance.now()));
    }
    await Promise.all(open);
    this.#agent.destroy();
  }

  stop(): void {
    this.#isOver = true;
  }

  async #timed(read: Read): Promise<void> {
    const sent = performance.now();
    const status = await this.#status(read).catch(() => 0);
    this.#milliseconds.push(performance.now() - sent);
    if (status !== 200) this.#failed += 1;
  }

  #status({ path, key }: Read): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.url), { agent: this.#agent, headers: { 'x-api-key': key } });
      sent.on('error', reject).on('response', (response) => {
        response.resume().on('error', reject);
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.end();
    });
  }
}
