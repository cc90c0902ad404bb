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

const STARTED_WITHIN_MS = 60_000;

/** The built service with a probe in it. */
export class SoakService {
  #ended = false;
  #isStopping = false;
  readonly #complaints: string[] = [];

  private constructor(
    readonly port: number,
    private readonly probePort: number,
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {
    // A rejection that nobody handles ends the process with a stack, and a leak of listeners is a warning of Node.
    process.stderr?.on('data', (chunk: Buffer) => this.#complain(String(chunk)));
    process.once('exit', (status, signal) => {
      this.#ended = true;
      if (!this.#isStopping) this.#complain(`ended with ${status ?? signal}`);
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
    const isReady = () =>
      fetch(`${service.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(isReady, STARTED_WITHIN_MS);
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it has written to standard error, at most 20 texts, and whether it has ended by itself. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  async footprint(): Promise<Footprint> {
    const response = await fetch(`http://127.0.0.1:${this.probePort}`);
    return JSON.parse(await response.text());
  }

  /** Resolves to its exit status. */
  async stop(): Promise<number | null> {
    this.#isStopping = true;
    if (!this.#ended) {
      const exit = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await exit;
    }
    await rm(this.directory, { recursive: true, force: true });
    return this.process.exitCode;
  }

  #complain(text: string): void {
    if (this.#complaints.length < 20) this.#complaints.push(text);
  }
}
