import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The service as a process of its own, started from its built files: `npm test` builds them first. */
export interface ServiceProcess {
  readonly process: ChildProcess;
  readonly directory: string;
  /** What it has written so far, standard output and error together. */
  output(): string;
  /** Resolves to the match when the output has it; rejects when the process ends before that. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves to the exit status when it has ended. */
  ended(): Promise<number | null>;
}

export async function startProcess(entry: string, env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-process-'));
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [resolve(ROOT, entry)], {
    cwd: directory,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exit = once(child, 'exit').then(([status]: unknown[]) => (typeof status === 'number' ? status : null));
  return {
    process: child,
    directory,
    output: () => text,
    ended: () => exit,
    says: (pattern) =>
      new Promise((done, reject) => {
        const look = (): void => {
          const match = pattern.exec(text);
          if (!match) return;
          listeners.delete(look);
          done(match);
        };
        listeners.add(look);
        look();
        void exit.then((status) => reject(new Error(`it ended with ${status} and said: ${text}`)));
      }),
  };
}
