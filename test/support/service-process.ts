import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { canary } from './canaries';
import { SecretWatch } from './secret-watch';

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

const SECRET_VARIABLE = /KEY|SECRET|PASSWORD|TOKEN/;

/** Every process of a suite, with the environment it was given. */
const started: (ServiceProcess & { readonly env: Readonly<Record<string, string>> })[] = [];

/** What a process said on either stream or left in a file, temporary ones too, holds no secret of its environment (N1). */
afterAll(async () => {
  const watch = new SecretWatch();
  for (const { process: child, env, directory, output, ended } of started) {
    child.kill('SIGKILL');
    await ended();
    for (const [name, value] of Object.entries(env)) {
      if (SECRET_VARIABLE.test(name)) watch.know({ place: name, value, window: 12 });
    }
    watch.collect('the output', output());
    for (const folder of [directory, env['AUDIT_DIR'] ?? '']) await watch.collectFiles(folder);
    await rm(directory, { recursive: true, force: true });
  }
  expect(watch.end()).toEqual([]);
});

export async function startProcess(entry: string, env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-process-'));
  const { PATH = '' } = process.env;
  const given = { UNRELATED_PASSWORD: canary('environment').value, ...env };
  const child = spawn(process.execPath, [resolve(ROOT, entry)], {
    cwd: directory,
    env: { PATH, TMPDIR: directory, ...given },
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
  const service: ServiceProcess = {
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
  started.push({ ...service, env: given });
  return service;
}
