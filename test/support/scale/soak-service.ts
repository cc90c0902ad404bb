import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports';
import { until } from '../redis-server';
import { ROOT } from '../repository';

/** What has to stay flat, after a garbage collection. */
export interface Footprint {
  readonly heapUsed: number;
  readonly rss: number;
  readonly handles: number;
  readonly listeners: number;
}

/** The built service with a probe in it. Its output is kept to the last line. */
export class SoakService {
  #ended = false;
  #warnings = 0;

  private constructor(
    readonly port: number,
    private readonly probePort: number,
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {
    const read = (chunk: Buffer) => {
      // A rejection that nobody handles ends the process, and a leak of listeners is a warning of Node.
      if (/Warning:|UnhandledPromiseRejection/.test(String(chunk))) this.#warnings += 1;
    };
    process.stderr?.on('data', read);
    process.once('exit', () => {
      this.#ended = true;
    });
  }

  static async start(env: Readonly<Record<string, string>>): Promise<SoakService> {
    const [port, probePort] = [await freePort(), await freePort()];
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-soak-'));
    const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        NODE_OPTIONS: `--require ${join(__dirname, 'soak-probe.cjs')}`,
        SOAK_PROBE_PORT: `${probePort}`,
        PORT: `${port}`,
        HOST: '127.0.0.1',
        LOG_FORMAT: 'json',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const service = new SoakService(port, probePort, child, directory);
    await until(() =>
      fetch(`${service.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Whether it still runs, and has written no warning of Node. */
  get isSound(): boolean {
    return !this.#ended && this.#warnings === 0;
  }

  async footprint(): Promise<Footprint> {
    const response = await fetch(`http://127.0.0.1:${this.probePort}`);
    return JSON.parse(await response.text());
  }

  /** Resolves to its exit status. */
  async stop(): Promise<number | null> {
    if (!this.#ended) {
      const exit = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await exit;
    }
    await rm(this.directory, { recursive: true, force: true });
    return this.process.exitCode;
  }
}
