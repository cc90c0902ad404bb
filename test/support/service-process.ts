import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Sandbox } from '../../src/sandbox/sandbox';
import { ResponseWatch } from './document/response-watch';
import { requestPublicPages, sendCanaries } from './last-requests';
import { redisSettings } from './redis-settings';
import { SecretWatch } from './secret-watch';

const ROOT = join(__dirname, '..', '..');

/** The built service as a process; `npm test` builds it first. */
export interface ServiceProcess {
  readonly process: ChildProcess;
  readonly directory: string;
  /** Standard output and error together, until now. */
  output(): string;
  /** Resolves to the match when the output has one; rejects if the process ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves to its URL as soon as it listens. */
  listens(): Promise<string>;
  /** Requests its public pages, sends SIGTERM, and resolves to the exit status. */
  stop(): Promise<number | null>;
  /** Resolves to the exit status as soon as it has ended. */
  ended(): Promise<number | null>;
}

type Variables = Readonly<Record<string, string>>;

const SECRET_VARIABLE = /KEY|SECRET|PASSWORD|TOKEN/;
/** In each format of the log. */
const LISTENS = /(?:Stagedoor listens on |"server\.listening","url":"|"stagedoor\.url":")(http:[^\s"]+)/;
const DEMO_KEY = /sd_\S+/;

/** All processes of a suite, with their environments. */
const started: (ServiceProcess & { readonly env: Variables })[] = [];

/** Secrets of the processes must not appear in responses, output or files, temporary ones included (N1). */
const watch = new SecretWatch();
/** Responses of the processes must be those of docs/openapi.yaml. */
const responses = new ResponseWatch();
const isOfService = (port: number) => started.some(({ output, env }) => portsOf(output(), env).includes(port));
watch.listenToClients(isOfService);
responses.listenToClients(isOfService);

afterAll(async () => {
  for (const service of started) {
    await service.stop();
    const { directory, output, env } = service;
    watch.collect('the output', output());
    for (const folder of [directory, env['AUDIT_DIR'], env['AUDIT_CHECKPOINTS']]) {
      if (folder === undefined) continue;
      await watch.collectFiles(resolve(directory, folder));
      await rm(resolve(directory, folder), { recursive: true, force: true });
    }
  }
  expect(watch.end()).toEqual([]);
});
afterAll(() => expect(responses.end()).toEqual([]));

function portsOf(output: string, { MANAGEMENT_PORT }: Variables): readonly number[] {
  const [, url] = LISTENS.exec(output) ?? [];
  return [url && new URL(url).port, MANAGEMENT_PORT].map(Number);
}

interface ProcessOptions {
  /** False if Hubster sends so much that learning secrets from its responses would take longer than the suite. */
  readonly learnsFromHubster?: boolean;
  /** The working directory; default: a new one. */
  readonly directory?: string;
  /** Behind the entry. */
  readonly words?: readonly string[];
}

export async function startProcess(
  entry: string,
  env: Variables = {},
  { learnsFromHubster = true, directory: given, words = [] }: ProcessOptions = {},
): Promise<ServiceProcess> {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'stagedoor-process-')));
  const { PATH = '' } = process.env;
  const variables: Variables = { UNRELATED_PASSWORD: watch.plant('environment'), ...env };
  const child = spawn(process.execPath, [resolve(ROOT, entry), ...words], {
    cwd: directory,
    env: { PATH, TMPDIR: directory, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  const onChunk = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', onChunk);
  child.stderr.on('data', onChunk);
  const exit = once(child, 'exit').then(([status]: unknown[]) => (typeof status === 'number' ? status : null));
  const service: ServiceProcess = {
    process: child,
    directory,
    output: () => text,
    ended: () => exit,
    listens: async () => (await service.prints(LISTENS))[1] ?? '',
    stop: async () => {
      const [, url] = LISTENS.exec(text) ?? [];
      const isAlive = child.exitCode === null && child.signalCode === null;
      if (url && isAlive) {
        const key = variables['STAGEDOOR_API_KEY'] ?? DEMO_KEY.exec(text)?.[0] ?? 'none';
        await sendCanaries({ url, headers: { 'x-api-key': key }, plant: (place) => watch.plant(place) });
        await requestPublicPages(url);
      }
      if (variables['REDIS_URL'] && isAlive) await watch.collectRedis(redisSettings(variables['REDIS_URL']));

      if (variables['AUDIT_DATABASE_URL'] && isAlive) await watch.collectDatabase(variables['AUDIT_DATABASE_URL']);
      child.kill('SIGTERM');
      return exit;
    },
    prints: (pattern) =>
      new Promise((resolveMatch, reject) => {
        const check = (): void => {
          const match = pattern.exec(text);
          if (!match) return;
          listeners.delete(check);
          resolveMatch(match);
        };
        listeners.add(check);
        check();
        void exit.then((status) => reject(new Error(`the process ended with ${status} and printed: ${text}`)));
      }),
  };
  for (const [name, value] of Object.entries(variables)) {
    if (SECRET_VARIABLE.test(name)) watch.register({ place: name, value: await secretOf(name, value) });
  }
  if (learnsFromHubster && variables['HUBSTER_PORTAL_URL']) watch.listenToUpstream(variables['HUBSTER_PORTAL_URL']);
  started.push({ ...service, env: variables });
  return service;
}

/** The value of a variable; that of `NAME_FILE` is in the file. */
async function secretOf(name: string, value: string): Promise<string> {
  if (!name.endsWith('_FILE')) return value;
  return (await readFile(value, 'utf8').catch(() => value)).trim();
}

/** Starts the service for the first tenant of a sandbox. */
export function startService({ url, tenants }: Sandbox, env: Variables): Promise<ServiceProcess> {
  const [tenant] = tenants;
  return startProcess('dist/main.js', {
    PORT: '0',
    HOST: '127.0.0.1',
    HUBSTER_PORTAL_URL: url,
    HUBSTER_IDENTITY_URL: url,
    HUBSTER_CLIENT_ID: tenant?.clientId ?? '',
    HUBSTER_CLIENT_SECRET: tenant?.clientSecret ?? '',
    LOG_FORMAT: 'pretty',
    ...env,
  });
}
