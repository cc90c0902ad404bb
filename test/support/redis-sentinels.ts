import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer, until } from './redis-server';

const SENTINELS = 3;

/** A primary, its replica, and three Sentinels with short time limits, on the loopback. A failover takes about two seconds. */
export class RedisSentinels {
  private constructor(
    readonly primary: RedisServer,
    readonly replica: RedisServer,
    readonly sentinels: readonly RedisServer[],
    private readonly directory: string,
  ) {}

  static async start(): Promise<RedisSentinels> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-sentinels-'));
    const primary = await RedisServer.start('--dir', directory);
    const replica = await RedisServer.start(
      '--dir',
      directory,
      '--replicaof',
      `127.0.0.1 ${primary.port}`,
      '--repl-diskless-sync-delay',
      '0',
    );
    await until(async () => (await replica.send('INFO replication')).includes('master_link_status:up'));
    const sentinels: RedisServer[] = [];
    for (let index = 0; index < SENTINELS; index += 1) {
      const file = join(directory, `sentinel-${index}.conf`);
      const lines = [
        `dir ${directory}`,
        `sentinel monitor stage 127.0.0.1 ${primary.port} 2`,
        'sentinel down-after-milliseconds stage 500',
        'sentinel failover-timeout stage 2000',
      ];
      await writeFile(file, `${lines.join('\n')}\n`);
      sentinels.push(await RedisServer.startSentinel(file));
    }
    const started = new RedisSentinels(primary, replica, sentinels, directory);
    await started.#eachSays(`num-other-sentinels\r\n$1\r\n${SENTINELS - 1}`, `num-slaves\r\n$1\r\n1`);
    return started;
  }

  get url(): string {
    return `redis+sentinel://${this.sentinels.map(({ port }) => `127.0.0.1:${port}`)}/stage`;
  }

  /** Kills the primary, and resolves when the Sentinels name its replica. */
  async failOver(): Promise<void> {
    await this.primary.kill();
    for (const sentinel of this.sentinels)
      await until(async () =>
        (await sentinel.send('SENTINEL GET-MASTER-ADDR-BY-NAME stage')).includes(`${this.replica.port}`),
      );
    await until(async () => (await this.replica.send('ROLE')).includes('master'));
  }

  async close(): Promise<void> {
    await Promise.all([this.primary, this.replica, ...this.sentinels].map((server) => server.kill()));
    await rm(this.directory, { recursive: true, force: true });
  }

  async #eachSays(...texts: readonly string[]): Promise<void> {
    for (const sentinel of this.sentinels)
      await until(async () => {
        const reply = await sentinel.send('SENTINEL MASTER stage');
        return texts.every((text) => reply.includes(text));
      });
  }
}
