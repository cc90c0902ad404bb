import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../ports';
import { filesOfRepository, ROOT } from '../repository';

/**
 * What a program that keeps running prints when it is ready: the demo and the sandbox at the end of what they print for people, the service
 * as a log event. The demo logs that event too, before it prints its keys, but has no warning about Redis.
 */
const LISTENS = /Ctrl-C stops it|The receiver listens on http|"redis\.not-configured"[\s\S]*"server\.listening"/;

/** How long a block may take, in milliseconds. */
const ENDS_WITHIN_MS = 25_000;

/** The ports that documents name: Stagedoor, its sandbox, a receiver of webhooks. */
const PORTS = ['3000', '3001', '8080'];

interface Run {
  /** Standard output and error, with the ports that documents name. */
  readonly output: string;
  /** Undefined if the program goes on and listens. */
  readonly status: number | undefined;
}

interface Program {
  readonly process: ChildProcess;
  output: string;
}

/**
 * A reader at a terminal, in a clone of the repository. Commands run as they are written: variables and functions of a block are known to
 * the next ones, and a program that listens goes on until it is interrupted. Ports are moved by the environment, for Node and for curl.
 */
export class Terminal {
  readonly #programs = new Set<Program>();

  private constructor(
    readonly directory: string,
    private readonly ports: ReadonlyMap<string, number>,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open(): Promise<Terminal> {
    const home = await mkdtemp(join(tmpdir(), 'stagedoor-documents-'));
    const directory = join(home, 'stagedoor');
    await clone(directory);
    // Beside the clone: Node and npm search the parents of a folder, and `npm ci` in the clone can remove nothing.
    await symlink(join(ROOT, 'node_modules'), join(home, 'node_modules'));
    const ports = new Map<string, number>();
    for (const port of PORTS) ports.set(port, await freePort());
    const moves = [...ports].map(([from, to]) => `connect-to = ":${from}:127.0.0.1:${to}"`);
    await writeFile(join(home, '.curlrc'), `${moves.join('\n')}\nmax-time = 20\n`);
    const { PATH = '' } = process.env;
    return new Terminal(directory, ports, {
      PATH,
      HOME: home,
      TMPDIR: home,
      CURL_HOME: home,
      DOCUMENT_PORTS: JSON.stringify(Object.fromEntries(ports)),
      NODE_OPTIONS: `--require ${join(ROOT, 'test/support/move-ports.cjs')}`,
      // `npm ci` compares package-lock.json with package.json and installs nothing: it is installed already.
      npm_config_dry_run: 'true',
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      npm_config_loglevel: 'error',
    });
  }

  /** Runs a block. Rejects if it neither ends nor listens in time. */
  async run(block: string): Promise<Run> {
    const script = `. ${this.#state} 2>/dev/null || true\nset -eo pipefail\n${block}\n{ export -p; declare -fp; } > ${this.#state}\n`;
    const child = spawn('bash', ['-c', script], {
      cwd: this.directory,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: an interrupt is for npm, its shell and Node, as at a terminal.
      detached: true,
    });
    const program: Program = { process: child, output: '' };
    this.#programs.add(program);
    const listens = new Promise<undefined>((resolve) => {
      const onChunk = (chunk: Buffer): void => {
        program.output += chunk.toString();
        if (LISTENS.test(program.output)) resolve(undefined);
      };
      child.stdout.on('data', onChunk);
      child.stderr.on('data', onChunk);
    });
    const ends = once(child, 'close').then(([status]: unknown[]) => {
      this.#programs.delete(program);
      return typeof status === 'number' ? status : -1;
    });
    const isLate = once(AbortSignal.timeout(ENDS_WITHIN_MS), 'abort').then(() => {
      throw new Error(`The block neither ended nor listened. It printed: ${program.output}`);
    });
    const status = await Promise.race([listens, ends, isLate]);
    return { output: this.#asDocumented(program.output), status };
  }

  /** Presses Ctrl-C at each program that goes on and has printed this. */
  async interrupt(printed = /(?:)/): Promise<void> {
    const programs = [...this.#programs].filter(({ output }) => printed.test(output));
    await Promise.all(
      programs.map(async ({ process: { pid }, process: child }) => {
        const end = once(child, 'close');
        if (pid !== undefined) process.kill(-pid, 'SIGINT');
        await end;
      }),
    );
  }

  /** As a new window: no program, variable or function of the blocks before. */
  async startOver(): Promise<void> {
    await this.interrupt();
    await rm(this.#state, { force: true });
  }

  async close(): Promise<void> {
    await this.interrupt();
    await rm(dirname(this.directory), { recursive: true, force: true });
  }

  get #state(): string {
    return join(dirname(this.directory), 'state.sh');
  }

  #asDocumented(output: string): string {
    return [...this.ports].reduce((text, [from, to]) => text.replaceAll(`:${to}`, `:${from}`), output);
  }
}

/** The files that git tracks, with compilers that bring what `npm test` has built of the same files. */
async function clone(directory: string): Promise<void> {
  // A link, say of node_modules to those of another clone, is no file to copy: what is written below it would change those.
  const files = filesOfRepository().filter((file) => lstatSync(join(ROOT, file)).isFile());
  for (const file of files) await cp(join(ROOT, file), join(directory, file));
  if (!existsSync(join(ROOT, 'dist/main.js'))) throw new Error('npm run build comes first');
  const packages = join(directory, 'node_modules');
  const commands = join(packages, '.bin');
  await mkdir(packages);
  await mkdir(commands);
  const bringBuild = `#!/bin/sh\nexec cp -R '${join(ROOT, 'dist')}' .\n`;
  for (const compiler of ['nest', 'tsc'])
    await writeFile(join(commands, compiler), bringBuild, { mode: 0o755, flag: 'wx' });
}
