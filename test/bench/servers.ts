import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Headers } from './load';
import { nginxConfiguration } from './peers/nginx.conf';
import { Subject } from './subject';

const DIST = join(__dirname, '..');
const FOREVER = '60m';
/** Checked at each request, but far above the throughput of any machine. */
const NEVER_REACHED = { requestsPerMinute: 1_000_000_000 };

export const BENCH_SECRET_KEY = 'a benchmark key of at least thirty-two bytes';

interface TenantsOptions {
  readonly limits?: { readonly requestsPerMinute: number };
  /** The folder of another build of Stagedoor; default: this build. */
  readonly dist?: string;
}

/** Starts the servers of a run and stops all of them at its end. */
export class Servers {
  readonly #directory = mkdtempSync(join(tmpdir(), 'stagedoor-bench-'));
  readonly #running: Subject[] = [];
  readonly #key = `sd_${randomBytes(32).toString('base64url')}`;

  readonly headers: Headers = { 'X-API-Key': this.#key };

  stub(delayMs = 0): Promise<Subject> {
    return this.#node('stub', 'bench/peers/stub-hubster.js', '/count', { DELAY_MS: String(delayMs) });
  }

  bff(upstream: Subject): Promise<Subject> {
    return this.#node('bff', 'bench/peers/typical-bff.js', '/api/v1/integrations', {
      API_KEY: this.#key,
      UPSTREAM: upstream.url,
    });
  }

  /** A server that sends the given response of Stagedoor, except for the headers that Node adds. */
  async bare(response: Response): Promise<Subject> {
    const directory = mkdtempSync(join(this.#directory, 'bare-'));
    const BODY_FILE = join(directory, 'body');
    writeFileSync(BODY_FILE, Buffer.from(await response.arrayBuffer()));
    const HEADERS_FILE = headersFile(directory, response);
    return this.#node('bare', 'bench/peers/bare-server.js', '/', { API_KEY: this.#key, BODY_FILE, HEADERS_FILE });
  }

  /** Like `bare`, but with bodies from Redis, which must contain the one of `readyPath`. */
  redisReader(response: Response, readyPath: string, REDIS_URL: string): Promise<Subject> {
    const HEADERS_FILE = headersFile(mkdtempSync(join(this.#directory, 'reader-')), response);
    const env = { API_KEY: this.#key, REDIS_URL, HEADERS_FILE };
    return this.#node('redis-reader', 'bench/peers/redis-reader.js', readyPath, env);
  }

  async nginx(upstream: Subject): Promise<Subject> {
    const port = await freePort();
    const directory = mkdtempSync(join(this.#directory, 'nginx-'));
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, nginxConfiguration(directory, port, upstream.url));
    const args = ['-c', file, '-p', directory, '-e', 'stderr'];
    return this.#start({ name: 'nginx', program: 'nginx', args, port, readyPath: '/', headers: this.headers });
  }

  async redis(): Promise<string> {
    const port = await freePort();
    const { spawn } = await import('node:child_process');
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
      stdio: 'ignore',
    });
    process.once('exit', () => child.kill('SIGKILL'));
    return `redis://127.0.0.1:${port}`;
  }

  stagedoor(upstream: Subject, env: Readonly<Record<string, string>> = {}): Promise<Subject> {
    return this.tenants(upstream, 1, env, { limits: NEVER_REACHED });
  }

  /** Stagedoor with `count` tenants, from `t0` on, and one caller, which sends `X-Tenant-Id` if there are several. */
  async tenants(
    upstream: Subject,
    count: number,
    env: Readonly<Record<string, string>> = {},
    { limits, dist = DIST }: TenantsOptions = {},
  ): Promise<Subject> {
    const names = Array.from({ length: count }, (_, index) => `t${index}`);
    const directory = mkdtempSync(join(this.#directory, 'stagedoor-'));
    mkdirSync(join(directory, 'audit'));
    const file = join(directory, 'tenants.yaml');
    // JSON is YAML.
    const hubsterOf = (id: string) => ({ clientId: id, clientSecret: { env: 'HUBSTER_SECRET' } });
    const tenants = names.map((id) => ({ id, hubster: hubsterOf(id), limits }));
    const keyHash = `sha256:${hash('sha256', this.#key)}`;
    const callers = [{ id: 'bench', keyHash, tenants: names, scopes: ['integrations:read', 'audit:read'] }];
    writeFileSync(file, JSON.stringify({ tenants, callers }));
    const environment = {
      HOST: '127.0.0.1',
      HUBSTER_PORTAL_URL: upstream.url,
      HUBSTER_IDENTITY_URL: upstream.url,
      HUBSTER_SECRET: 'bench',
      TENANTS_FILE: file,
      SECRET_KEY: BENCH_SECRET_KEY,
      AUDIT_DIR: join(directory, 'audit'),
      LOG_FORMAT: 'json',
      CACHE_FRESH: FOREVER,
      CACHE_LIST_FRESH: FOREVER,
      NODE_ENV: 'production',
      ...env,
    };
    return this.#node('stagedoor', 'main.js', '/health/ready', environment, dist);
  }

  async stop(...subjects: readonly Subject[]): Promise<void> {
    await Promise.all(subjects.map((subject) => subject.stop()));
  }

  async end(): Promise<void> {
    await this.stop(...this.#running);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #node(
    name: string,
    entry: string,
    readyPath: string,
    env: Readonly<Record<string, string>>,
    dist = DIST,
  ): Promise<Subject> {
    const port = await freePort();
    const args = [join(dist, entry)];
    const environment = { PORT: String(port), ...env };
    return this.#start({
      name,
      program: process.execPath,
      args,
      env: environment,
      port,
      readyPath,
      headers: this.headers,
    });
  }

  async #start(command: Parameters<typeof Subject.start>[0]): Promise<Subject> {
    const subject = await Subject.start(command);
    this.#running.push(subject);
    return subject;
  }
}

/** The headers of a response in a file, except for those that Node adds. */
function headersFile(directory: string, response: Response): string {
  const file = join(directory, 'headers.json');
  const headers = [...response.headers].filter(([name]) => !['connection', 'date', 'keep-alive'].includes(name));
  writeFileSync(file, JSON.stringify(Object.fromEntries(headers)));
  return file;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
