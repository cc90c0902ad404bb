import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeApiKey } from '../../src/access/api-key';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { canary } from '../support/canaries';
import { blocksOf } from '../support/documents/blocks';
import { freePort } from '../support/ports';
import { RedisServer } from '../support/redis-server';
import { type ServiceProcess, startService } from '../support/service-process';
import { HUBS } from '../support/stagedoor';

const CLIENTS = 8;
const NGINX = { language: 'nginx', command: 'nginx', argumentsOf: (file: string) => ['-c', file] };
const HAPROXY = { language: 'haproxy', command: 'haproxy', argumentsOf: (file: string) => ['-db', '-f', file] };
const SECRET_KEY = canary('the key', 40).value;
const key = makeApiKey().key.reveal();
const PATH = `${process.env['PATH']}:/usr/sbin`;

jest.setTimeout(120_000);

describe.each([NGINX, HAPROXY])('three replicas behind $command', ({ language, command, argumentsOf }) => {
  const services: ServiceProcess[] = [];
  const agent = new Agent({ keepAlive: true });
  let sandbox: Sandbox;
  let redis: RedisServer;
  let directory: string;
  let balancer: ChildProcess;
  let url: string;

  beforeAll(async () => {
    [sandbox, redis] = await Promise.all([startSandbox(), RedisServer.start()]);
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-balancer-'));
    for (let replica = 0; replica < 3; replica += 1) {
      const env = {
        STAGEDOOR_API_KEY: key,
        SECRET_KEY,
        REDIS_URL: redis.url,
        SHUTDOWN_DELAY: '2s',
        LOG_FORMAT: 'json',
      };
      services.push(await startService(sandbox, env));
    }
    const ports = await Promise.all(services.map(async (service) => new URL(await service.listens()).port));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const file = join(directory, 'balancer.conf');
    await writeFile(file, configuration(language, ports, port, directory));
    balancer = spawn(command, argumentsOf(file), { stdio: 'ignore', env: { PATH } });
    await until(async () => (await call('GET')) === 200);
  });
  afterAll(async () => {
    balancer.kill('SIGTERM');
    await once(balancer, 'exit');
    agent.destroy();
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all([sandbox.close(), redis.stop(), rm(directory, { recursive: true, force: true })]);
  });

  it('lose no request while two of them stop, and all of them serve', async () => {
    const statuses: Record<string, number> = {};
    let isOver = false;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let sent = 0; !isOver; sent += 1) {
        const status = await call((client + sent) % 10 === 0 ? 'DELETE' : 'GET').catch(() => 'lost');
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    });
    const hasServed = (service?: ServiceProcess) =>
      service?.output().includes('"route":"/api/v1/integrations/hubs/:hubId/:channelType"') ?? false;
    await until(async () => services.every(hasServed));
    for (const service of services.slice(1)) {
      service.process.kill('SIGTERM');
      expect(await service.ended()).toBe(0);
    }
    isOver = true;
    await Promise.all(clients);
    expect(Object.keys(statuses).sort()).toEqual(['200', '204']);
    expect(await call('GET')).toBe(200);
  });

  /** A read, or a purge of the cache: the limit of a tenant is higher than these clients are. */
  function call(method: 'GET' | 'DELETE'): Promise<number> {
    const path = method === 'GET' ? `/api/v1/integrations/hubs/${HUBS.acme}/WebChat` : '/api/v1/cache';
    return new Promise((resolve, reject) => {
      request(url + path, { agent, method, headers: { 'x-api-key': key } }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      })
        .once('error', reject)
        .end();
    });
  }
});

/** The configuration of docs/scaling.md, with these ports in place of its hosts. */
function configuration(language: string, ports: readonly string[], port: number, directory: string): string {
  const block = blocksOf('docs/scaling.md').find((one) => one.language === language);
  const text = ports.reduce(
    (made, replica, index) => made.replace(`stagedoor-${index + 1}:3000`, `127.0.0.1:${replica}`),
    block?.text.replace('8080', String(port)) ?? '',
  );
  if (language !== 'nginx') return text;
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  return `daemon off; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; ${paths.join(' ')} ${text} }`;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isTrue().catch(() => false)); tries += 1) {
    if (tries > 400) throw new Error('it did not become true in time');
    await delay(50);
  }
}
