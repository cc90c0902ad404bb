import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { freePort } from './ports';

const READY_WITHIN_MS = 60_000;
const DEBIAN = '/usr/lib/postgresql';
/** Small files and no files of the operating system's cache flushed: the tests end processes, not the machine. */
const FAST = ['-c', 'fsync=off'];

interface ServerOptions {
  /** Further options of `postgres`, such as `['-c', 'max_connections=20']`. */
  readonly options?: readonly string[];
  /** Whether data is flushed to the disk, as in production. */
  readonly isDurable?: boolean;
}

/** A PostgreSQL server on a free port of the loopback, with its data in a folder of its own. Everybody may connect as `postgres`. */
export class PostgresServer {
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly options: readonly string[],
  ) {}

  static async start({ options = [], isDurable = false }: ServerOptions = {}): Promise<PostgresServer> {
    const directory = await newDirectory();
    run(
      'initdb',
      '-D',
      join(directory, 'data'),
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    );
    const all = [...(isDurable ? [] : FAST), ...options];
    const server = new PostgresServer(await freePort(), directory, all);
    await server.start();
    return server;
  }

  /** A standby that follows this server; `name` is what `synchronous_standby_names` of this server has. */
  async startStandby(name: string): Promise<PostgresServer> {
    const directory = await newDirectory();
    const source = `host=127.0.0.1 port=${this.port} user=postgres application_name=${name}`;
    run(
      'pg_basebackup',
      '-D',
      join(directory, 'data'),
      '-d',
      source,
      '-R',
      '-X',
      'stream',
      '--checkpoint=fast',
      '--no-sync',
    );
    const standby = new PostgresServer(await freePort(), directory, this.options);
    await standby.start();
    return standby;
  }

  /** The URL of a new, empty database. */
  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `trail_${this.#databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.urlOf(name);
  }

  urlOf(database: string, user = 'postgres'): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs statements as an administrator. */
  query(sql: string, url = this.urlOf('postgres')): Promise<readonly QueryResultRow[]> {
    return queryOf(url, sql);
  }

  /** Starts it again on its port, with its data. */
  async start(): Promise<void> {
    const always = ['-D', join(this.directory, 'data'), '-p', `${this.port}`, '-c', 'listen_addresses=127.0.0.1'];
    const others = ['-c', `unix_socket_directories=${this.directory}`, '-c', 'shared_buffers=32MB'];
    this.#process = spawn(programOf('postgres'), [...always, ...others, ...this.options], {
      stdio: 'ignore',
      ...owner(),
    });
    await until(() => this.query('SELECT 1'));
  }

  /** Ends connections and the server without loss. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** Ends all its processes with SIGKILL, like a crash. */
  async kill(): Promise<void> {
    this.#signal('SIGSTOP', []);
    this.#signal('SIGKILL', this.#children());
    await this.#end('SIGKILL');
  }

  /** Suspends all its processes: the kernel still accepts connections and bytes, without any reply. */
  pause(): void {
    this.#signal('SIGSTOP', this.#children());
  }

  resume(): void {
    this.#signal('SIGCONT', this.#children());
  }

  /** Makes a standby accept writes. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true, 60)');
    await until(async () => {
      const [row] = await this.query('SELECT pg_is_in_recovery() AS standby');
      if (row?.['standby'] !== false) throw new Error('still a standby');
    });
  }

  /** Ends the server and removes its data. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#process;
    this.#process = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, 'exit');
    ending.kill(signal);
    await exit;
  }

  #children(): readonly number[] {
    const pid = this.#process?.pid;
    const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
    return found.map(Number);
  }

  /** Sends a signal to the server itself, then to its other processes. */
  #signal(signal: NodeJS.Signals, others: readonly number[]): void {
    this.#process?.kill(signal);
    for (const pid of others) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

/** Runs statements on a connection of their own; the rows of the last one. */
export async function queryOf(url: string, sql: string): Promise<readonly QueryResultRow[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const results = await client.query(sql);
    return Array.isArray(results) ? (results.at(-1)?.rows ?? []) : results.rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** PostgreSQL refuses to run as root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'postgres-'));
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
  return directory;
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(programOf(program), args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', ...owner() });
}

/** Debian has the programs of the server outside of the PATH. */
function programOf(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin', name)).find((path) => existsSync(path));
  return found ?? name;
}

/** The process that started another; undefined if that has ended. */
function parentOf(pid: string): number | undefined {
  try {
    const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}

async function until(succeeds: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await succeeds();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(20);
    }
  }
}
