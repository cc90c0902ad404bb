import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HUBS } from '../stagedoor';

const INTEGRATIONS = '/api/v1/integrations';
const INTEGRATIONS_READ = 20;

interface Received {
  readonly status: number;
  readonly body: string;
}

/** Reads (hits, misses, lists) and writes at a steady rate, to one replica after another. */
export class SoakLoad {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #ids: string[] = [];
  #sent = 0;
  /** While the services are measured, which stops them for seconds. */
  isPaused = false;
  /** Responses by status, and requests without one by the error of the connection. */
  readonly statuses = new Map<string, number>();

  constructor(
    private readonly urls: readonly string[],
    private readonly key: string,
  ) {}

  async start(requestsPerSecond: number): Promise<void> {
    for (let n = 0; n < INTEGRATIONS_READ; n += 1) {
      const { body } = await this.#create();
      const { integrationId }: { integrationId: string } = JSON.parse(body);
      this.#ids.push(integrationId);
    }
    const every = 1000 / requestsPerSecond;
    this.#repeat(every / 0.7, () => this.#send('GET', `${INTEGRATIONS}/${this.#ids[this.#sent % this.#ids.length]}`));
    this.#repeat(every / 0.15, () =>
      this.#send('GET', `${INTEGRATIONS}/${this.#ids[0]}`, { 'cache-control': 'no-cache' }),
    );
    this.#repeat(every / 0.05, () => this.#send('GET', `${INTEGRATIONS}/hubs/${HUBS.acme}/WebChat`));
    this.#repeat(every / 0.05, () => this.#createAndDelete());
  }

  get sent(): number {
    return this.#sent;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    this.#agent.destroy();
  }

  #repeat(everyMs: number, send: () => Promise<unknown>): void {
    const run = async () => {
      while (!this.#stop.signal.aborted) {
        if (!this.isPaused)
          void send().catch((error: unknown) =>
            this.#count(error instanceof Error && 'code' in error ? String(error.code) : 'error'),
          );
        await delay(everyMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    };
    this.#running.push(run());
  }

  async #createAndDelete(): Promise<void> {
    const { status, body } = await this.#create();
    if (status !== 200) return;
    const { integrationId }: { integrationId: string } = JSON.parse(body);
    await this.#send('DELETE', `${INTEGRATIONS}/${integrationId}`);
  }

  #create(): Promise<Received> {
    const configuration = { allowedOrigins: ['localhost'] };
    const body = JSON.stringify({ channelId: 'WebChat', name: randomUUID(), configuration });
    return this.#send('POST', `${INTEGRATIONS}/hubs/${HUBS.acme}`, { 'content-type': 'application/json' }, body);
  }

  #send(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<Received> {
    this.#sent += 1;
    const url = (this.urls[this.#sent % this.urls.length] ?? '') + path;
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.#agent, headers: { ...headers, 'x-api-key': this.key } };
      request(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          this.#count(`${status}`);
          resolve({ status, body: String(Buffer.concat(chunks)) });
        });
      })
        .once('error', reject)
        .end(body);
    });
  }

  #count(status: string): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }
}
