import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SystemClock } from '../../src/clock/clock';
import { createLogger } from '../../src/observability/log/logger';
import { Metrics } from '../../src/observability/metrics';
import { RedisConnection } from '../../src/redis/redis-connection';

import { freePort } from './ports';
import { redisSettings } from './redis-settings';

const READY_WITHIN_MS = 10_000;

/** The `redis-server` of the PATH on a free port of the loopback, without persistence. */
export class RedisServer {
  #process: ChildProcess | undefined;
  readonly #connections: RedisConnection[] = [];

  private constructor(
    readonly port: number,
    private readonly args: readonly string[],
  ) {}

  /** Starts a server; `options` as on the command line, say `['--maxmemory', '1mb']`. */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    const port = await freePort();
    const always = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const server = new RedisServer(port, [...always, ...options]);
    await server.start();
    return server;
  }

  /** Starts a Sentinel; the file is its configuration, which it changes itself. */
  static async startSentinel(file: string): Promise<RedisServer> {
    const port = await freePort();
    const server = new RedisServer(port, [file, '--sentinel', '--port', `${port}`, '--bind', '127.0.0.1']);
    await server.start();
    return server;
  }

  /** Starts a cluster of one node that has all slots. */
  static async startCluster(...options: readonly string[]): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-cluster-'));
    try {
      const server = await RedisServer.start(
        '--cluster-enabled',
        'yes',
        '--cluster-announce-ip',
        '127.0.0.1',
        '--dir',
        directory,
        ...options,
      );
      await server.send('CLUSTER ADDSLOTSRANGE 0 16383');
      await until(async () => (await server.send('CLUSTER INFO')).includes('cluster_state:ok'));
      return server;
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** An open connection of the service; `close` closes it. */
  async connect(metrics = new Metrics()): Promise<RedisConnection> {
    const logger = createLogger({ level: 'silent', format: 'json' });
    const connection = new RedisConnection(redisSettings(this.url), new SystemClock(), metrics, logger);
    this.#connections.push(connection);
    await connection.open();
    return connection;
  }

  /** Closes the connections, then kills the server. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.splice(0).map((connection) => connection.close()));
    await this.kill();
  }

  /** Starts the server again on its port, empty. */
  async start(): Promise<void> {
    this.#process = spawn('redis-server', this.args, { stdio: 'ignore' });
    await until(() => this.#isUp());
  }

  /** Ends it with SIGTERM. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it with SIGKILL, like a crash. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Suspends it (SIGSTOP): the kernel still accepts connections and bytes, without any reply. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends one inline command on a new connection and resolves to the raw reply. */
  async send(command: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(`${command}\r\n`);
      return await firstReply(socket);
    } finally {
      socket.destroy();
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#process;
    this.#process = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, 'exit');
    ending.kill(signal);
    if (signal === 'SIGTERM') ending.kill('SIGCONT');
    await exit;
  }

  async #isUp(): Promise<boolean> {
    const reply = await this.send('PING').catch(() => '');
    return reply.startsWith('+PONG') || reply.startsWith('-NOAUTH');
  }
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('redis-server did not get ready: is it installed?');
    await delay(10);
  }
}

async function firstReply(socket: Socket): Promise<string> {
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}
