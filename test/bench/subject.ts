import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const READY_WITHIN_MS = 20_000;
const CLOCK_TICK_MS = 10;

export interface Command {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Polled until it responds with 200. */
  readonly readyPath: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A measured server: a process on the first core. The load comes from the second core. */
export class Subject {
  private constructor(
    readonly command: Command,
    private readonly child: ChildProcess,
    /** From the spawn to the first response. */
    readonly startMs: number,
  ) {}

  static async start(command: Command): Promise<Subject> {
    const { PATH = '' } = process.env;
    const [program = '', ...args] = onCore(0, [command.program, ...command.args]);
    const began = performance.now();
    const child = spawn(program, args, { env: { PATH, ...command.env }, stdio: ['ignore', 'ignore', 'inherit'] });
    const url = `http://127.0.0.1:${command.port}${command.readyPath}`;
    while (!(await isReady(url, command.headers))) {
      if (child.exitCode !== null) throw new Error(`${command.name} ended with ${child.exitCode}`);
      if (performance.now() - began > READY_WITHIN_MS) throw new Error(`${command.name} did not get ready`);
      await delay(5);
    }
    return new Subject(command, child, performance.now() - began);
  }

  get url(): string {
    return `http://127.0.0.1:${this.command.port}`;
  }

  /** CPU time so far in milliseconds, worker processes included (Linux). */
  cpuMs(): number {
    return this.#pids().reduce((sum, pid) => sum + cpuTicks(pid) * CLOCK_TICK_MS, 0);
  }

  /** Resident memory in MiB (Linux). */
  residentMiB(): number {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }

  #pids(): readonly number[] {
    const { pid = 0 } = this.child;
    const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return [pid, ...others.map(Number).filter((other) => parentOf(other) === pid)];
  }
}

/** Binds a command to a core, if there are several and `taskset` is installed. */
export function onCore(core: number, command: readonly string[]): readonly string[] {
  return hasCores() ? ['taskset', '-c', String(core), ...command] : command;
}

/** Binds this process to a core, so that the client that takes the time does not compete with the measured server. */
export function stayOnCore(core: number): void {
  if (hasCores()) execFileSync('taskset', ['-acp', String(core), String(process.pid)], { stdio: 'ignore' });
}

const hasCores = (): boolean => cpus().length > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function isReady(url: string, headers: Readonly<Record<string, string>> = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** The fields of /proc/PID/stat after the name, which may contain spaces; the first one is the state. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

const parentOf = (pid: number): number => Number(statOf(pid)[1]);
const cpuTicks = (pid: number): number => Number(statOf(pid)[11] ?? 0) + Number(statOf(pid)[12] ?? 0);
