import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeApiKey } from '../../src/access/api-key';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { canary } from './canaries';
import { blocksOf } from './documents/blocks';
import { freePort } from './ports';
import { RedisServer } from './redis-server';
import { type ServiceProcess, startService } from './service-process';
import { HUBS } from './stagedoor';

/** A load balancer, and the language of its block in docs/scaling.md. */
export interface Balancer {
  readonly command: 'nginx' | 'haproxy';
  readonly argumentsOf: (file: string) => readonly string[];
}

export const NGINX: Balancer = { command: 'nginx', argumentsOf: (file) => ['-c', file] };

export const BALANCERS: readonly Balancer[] = [
  NGINX,
  { command: 'haproxy', argumentsOf: (file) => ['-db', '-f', file] },
];

const REPLICAS = 3;
const SHUTDOWN_DELAY_MS = 2000;
const PATH = `${process.env['PATH']}:/usr/sbin`;
/** The address that the balancer calls from. */
const PROXY = '127.0.0.1';

interface Sent {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly agent?: Agent;
  /** The address of the client; any of the loopback. */
  readonly from?: string;
}

/** Three built services that share a Redis and a sandbox, behind a balancer as docs/scaling.md configures it. */
export class BalancedReplicas {
  readonly services: ServiceProcess[] = [];
  /** All processes, those that were restarted included. */
  readonly all: ServiceProcess[] = [];

  private constructor(
    readonly url: string,
    readonly sandbox: Sandbox,
    private readonly redis: RedisServer,
    private readonly directory: string,
    private readonly ports: readonly number[],
    private readonly key = makeApiKey().key.reveal(),
    private readonly secretKey = canary('the key', 40).value,
  ) {}

  static async start(balancer: Balancer): Promise<BalancedReplicas> {
    const [sandbox, redis] = await Promise.all([startSandbox(), RedisServer.start()]);
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-balancer-'));
    const ports: number[] = [];
    while (ports.length <= REPLICAS) ports.push(await freePort());
    const [port = 0, ...ofReplicas] = ports;
    const balanced = new BalancedReplicas(`http://127.0.0.1:${port}`, sandbox, redis, directory, ofReplicas);
    await Promise.all(ofReplicas.map((_, index) => balanced.#startReplica(index)));
    const file = join(directory, 'balancer.conf');
    await writeFile(file, configuration(balancer.command, ofReplicas, port, directory));
    balanced.#balancer = startBalancer(balancer, file);
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/WebChat`;
    await until(async () => (await balanced.send({ path })).status === 200);
    return balanced;
  }

  #balancer: ChildProcess | undefined;

  /** As the caller of the only tenant, unless `headers` has another key. Rejects if there is no whole response. */
  send({ method = 'GET', path, headers, body, agent, from }: Sent): Promise<{ status: number; text: string }> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const options = {
        method,
        ...(agent && { agent }),
        ...(from !== undefined && { localAddress: from }),
        headers: {
          'x-api-key': this.key,
          ...(json !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
          ...headers,
        },
      };
      const receive = (response: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
        response.once('error', reject);
      };
      request(this.url + path, options, receive)
        .once('error', reject)
        .end(json);
    });
  }

  /** Resolves to the exit status. */
  async stopReplica(index: number): Promise<number | null> {
    const service = this.services[index];
    service?.process.kill('SIGTERM');
    return service?.ended() ?? null;
  }

  /** Resolves when the new process listens on the port of the old one. */
  async restartReplica(index: number): Promise<void> {
    const status = await this.stopReplica(index);
    if (status !== 0) throw new Error(`a replica ended with ${status}`);
    await this.#startReplica(index);
  }

  async close(): Promise<void> {
    if (this.#balancer) {
      this.#balancer.kill('SIGTERM');
      await once(this.#balancer, 'exit');
    }
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all([this.sandbox.close(), this.redis.stop(), rm(this.directory, { recursive: true, force: true })]);
  }

  async #startReplica(index: number): Promise<void> {
    const service = await startService(this.sandbox, {
      PORT: String(this.ports[index]),
      STAGEDOOR_API_KEY: this.key,
      SECRET_KEY: this.secretKey,
      REDIS_URL: this.redis.url,
      TRUSTED_PROXIES: PROXY,
      SHUTDOWN_DELAY: `${SHUTDOWN_DELAY_MS}ms`,
      LOG_FORMAT: 'json',
    });
    this.services[index] = service;
    this.all.push(service);
    await service.listens();
  }
}

/** Runs in the foreground, with this configuration. */
export function startBalancer({ command, argumentsOf }: Balancer, file: string): ChildProcess {
  return spawn(command, argumentsOf(file), { stdio: 'ignore', env: { PATH } });
}

/** The configuration of docs/scaling.md, with these ports in place of its hosts. */
function configuration(language: string, ports: readonly number[], port: number, directory: string): string {
  const block = blocksOf('docs/scaling.md').find((one) => one.language === language);
  const text = ports.reduce(
    (made, replica, index) => made.replace(`stagedoor-${index + 1}:3000`, `127.0.0.1:${replica}`),
    block?.text.replace('8080', String(port)) ?? '',
  );
  if (language !== 'nginx') return text;
  return nginxConfiguration(text, directory);
}

/** A whole configuration of nginx that keeps its files in `directory`. `http`: what is in its block of that name. */
export function nginxConfiguration(http: string, directory: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  return `daemon off; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; ${paths.join(' ')} ${http} }`;
}

/** Resolves once `isTrue` does to true, within 20 s; a rejection counts as false. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isTrue().catch(() => false)); tries += 1) {
    if (tries > 400) throw new Error('it did not become true in time');
    await delay(50);
  }
}
