import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisCertificates } from './redis-certificates';
import { RedisServer, until } from './redis-server';

const SENTINELS = 3;

/** A primary, its replica, and three Sentinels with short time limits, on the loopback. A failover takes about two seconds. */
export class RedisSentinels {
  private constructor(
    readonly primary: RedisServer,
    readonly replica: RedisServer,
    readonly sentinels: readonly RedisServer[],
    private readonly directory: string,
    /** What Sentinels name, and clients connect to. */
    private readonly ports: { readonly sentinels: readonly number[]; readonly replica: number },
  ) {}

  /** @param certificates for TLS everywhere; the plain ports are there too, for the test */
  static async start(certificates?: RedisCertificates): Promise<RedisSentinels> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-sentinels-'));
    const server = async (...options: readonly string[]) => {
      const tls = await certificates?.serverOptions();
      const all = ['--dir', directory, ...options, ...(tls ? [...tls.options, '--tls-replication', 'yes'] : [])];
      const started = await RedisServer.start(...all);
      return { started, port: tls?.tlsPort ?? started.port };
    };
    const { started: primary, port } = await server();
    const { started: replica, port: replicaPort } = await server(
      ...['--replicaof', `127.0.0.1 ${port}`, '--repl-diskless-sync-delay', '0'],
    );
    await until(async () => (await replica.send('INFO replication')).includes('master_link_status:up'));
    const sentinels: RedisServer[] = [];
    const sentinelPorts: number[] = [];
    for (let index = 0; index < SENTINELS; index += 1) {
      const file = join(directory, `sentinel-${index}.conf`);
      const tls = await certificates?.sentinelLines();
      const lines = [
        ...(tls?.lines ?? []),
        `dir ${directory}`,
        `sentinel monitor stage 127.0.0.1 ${port} 2`,
        'sentinel down-after-milliseconds stage 500',
        'sentinel failover-timeout stage 2000',
      ];
      await writeFile(file, `${lines.join('\n')}\n`);
      const sentinel = await RedisServer.startSentinel(file);
      sentinels.push(sentinel);
      sentinelPorts.push(tls?.tlsPort ?? sentinel.port);
    }
    const started = new RedisSentinels(primary, replica, sentinels, directory, {
      sentinels: sentinelPorts,
      replica: replicaPort,
    });
    await started.#eachSays(`num-other-sentinels\r\n$1\r\n${SENTINELS - 1}`, `num-slaves\r\n$1\r\n1`);
    return started;
  }

  get url(): string {
    return `redis+sentinel://${this.#hosts}/stage`;
  }

  get tlsUrl(): string {
    return `rediss+sentinel://${this.#hosts}/stage`;
  }

  get #hosts(): string {
    return this.ports.sentinels.map((port) => `127.0.0.1:${port}`).join(',');
  }

  /** Kills the primary, and resolves when the Sentinels name its replica. */
  async failOver(): Promise<void> {
    await this.primary.kill();
    for (const sentinel of this.sentinels)
      await until(async () =>
        (await sentinel.send('SENTINEL GET-MASTER-ADDR-BY-NAME stage')).includes(`${this.ports.replica}`),
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
