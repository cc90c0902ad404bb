import { Agent, request } from 'node:http';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { RedisServer } from './redis-server';
import { type Stagedoor, startStagedoor } from './stagedoor';

interface ReceivedResponse {
  readonly status: number;
  readonly text: string;
  readonly cacheStatus: string;
}

/** Replicas of the service that share one Redis and one sandbox. */
export class Replicas {
  readonly #started: Stagedoor[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

  private constructor(
    readonly redis: RedisServer,
    readonly sandbox: Sandbox,
  ) {}

  static async start(): Promise<Replicas> {
    return new Replicas(await RedisServer.start(), await startSandbox());
  }

  async add(env: Readonly<Record<string, string>> = {}): Promise<Stagedoor> {
    const stagedoor = await startStagedoor({ sandbox: this.sandbox, env: { REDIS_URL: this.redis.url, ...env } });
    this.#started.push(stagedoor);
    return stagedoor;
  }

  get(stagedoor: Stagedoor, caller: string, path: string): Promise<ReceivedResponse> {
    const headers = { 'x-api-key': stagedoor.keyOf(caller) };
    return new Promise((resolve, reject) => {
      request(stagedoor.url + path, { agent: this.#agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            cacheStatus: String(response.headers['cache-status']),
          }),
        );
      })
        .once('error', reject)
        .end();
    });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await Promise.all(this.#started.map((stagedoor) => stagedoor.close()));
    await this.sandbox.close();
    this.redis.resume();
    await this.redis.kill();
  }
}
