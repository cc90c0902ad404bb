import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keyHash } from '../../../src/access/api-key';
import { type MeasuredService, startMeasured } from '../event-loop';
import { json, StubServer } from '../hubster/stub-server';
import { RedisServer } from '../redis-server';
import { SteadyReads } from './steady-reads';

const RELOADED = 'The tenants file was reloaded';
const INTEGRATION = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const HUB = '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01';
/** Long enough that a secret is no part of another text. */
const secretOf = (tenant: number, version: number) => `t${tenant}v${version}-w7Qm2ZrX9bTfKc4LhVy8JdNs6PgEa3Uo`;
const keyOf = (tenant: number) => `sd_${String(tenant).padStart(43, 'k')}`;

export interface RotationSizes {
  readonly tenants: number;
  /** Tenants whose callers send requests. */
  readonly active: number;
  readonly requestsPerSecond: number;
  readonly rotations: number;
}

export interface RotationResult {
  /** From the start of the process until it listens. */
  readonly startMs: number;
  /** From SIGHUP until the new tenants are in force, the longest. */
  readonly reloadMs: number;
  readonly requests: number;
  readonly maxRequestMs: number;
  /** Responses other than 200. */
  readonly failed: number;
  /** CPU time of the longest tick of the event loop. */
  readonly longestTickMs: number;
  readonly residentMiB: number;
  /** Tenants that each reload reports as changed. */
  readonly changed: readonly number[];
  /** Changes of generations that were published meanwhile. */
  readonly changes: number;
  /** The ids of the epoch in Redis that were seen. */
  readonly epochs: readonly string[];
}

/** One service, one Redis, one Hubster; every tenant has its secret in a file of its own and a caller with one key. */
export class RotatedTenants {
  #version = 0;

  private constructor(
    private readonly directory: string,
    private readonly sizes: RotationSizes,
    private readonly redis: RedisServer,
    private readonly hubster: StubServer,
    private readonly measured: MeasuredService,
    readonly startMs: number,
  ) {}

  static async start(sizes: RotationSizes): Promise<RotatedTenants> {
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-tenants-'));
    const [redis, hubster] = await Promise.all([RedisServer.start(), startHubster()]);
    await mkdir(join(directory, 'secrets'));
    await writeSecrets(directory, sizes.tenants, 0);
    const file = join(directory, 'tenants.yaml');
    await writeFile(file, tenantsFile(directory, sizes.tenants));
    const url = hubster.url.href;
    const before = performance.now();
    const measured = await startMeasured({
      ...{ PORT: '0', HOST: '127.0.0.1', HUBSTER_PORTAL_URL: url, HUBSTER_IDENTITY_URL: url, TENANTS_FILE: file },
      ...{
        REDIS_URL: redis.url,
        SECRET_KEY: 'T5nHk8WqYb2RxVj7MzCd4LfGs9PuEa6Xo3',
        LOG_FORMAT: 'pretty',
        LOG_SAMPLE: '0',
      },
    });
    return new RotatedTenants(directory, sizes, redis, hubster, measured, performance.now() - before);
  }

  /** Rotates the secrets of all tenants and sends SIGHUP, as often as `sizes` says, while requests are sent. */
  async rotate(): Promise<RotationResult> {
    const { active, requestsPerSecond } = this.sizes;
    const path = `/api/v1/integrations/${INTEGRATION}`;
    const reads = Array.from({ length: active }, (_, tenant) => ({ path, key: keyOf(tenant) }));
    const traffic = await SteadyReads.start(this.measured.url, reads, requestsPerSecond);
    const published = await this.#published();
    const epochs = [await this.#epoch()];
    const reloads: number[] = [];
    let times: Awaited<ReturnType<typeof traffic.stop>> = { count: 0, longestMs: 0, failed: 0 };
    const longestTickMs = await this.measured.longestTickMs(async () => {
      traffic.run();
      for (let count = 0; count < this.sizes.rotations; count += 1) {
        this.#version += 1;
        await writeSecrets(this.directory, this.sizes.tenants, this.#version);
        reloads.push(await this.#reload());
        epochs.push(await this.#epoch());
        await delay(1000);
      }
      times = await traffic.stop();
    });
    const { service } = this.measured;
    return {
      ...{ startMs: this.startMs, reloadMs: Math.max(...reloads), longestTickMs, epochs },
      ...{ requests: times.count, maxRequestMs: times.longestMs, failed: times.failed },
      changes: (await this.#published()) - published,
      residentMiB: residentMiB(service.process.pid ?? 0),
      changed: [...service.output().matchAll(/changed=(\d+)/g)].map(([, changed]) => Number(changed)),
    };
  }

  async close(): Promise<void> {
    await this.measured.service.stop();
    await this.hubster.close();
    await this.redis.close();
    await rm(this.directory, { recursive: true });
  }

  async #reload(): Promise<number> {
    const { service } = this.measured;
    const count = service.output().split(RELOADED).length - 1;
    const before = performance.now();
    service.process.kill('SIGHUP');
    await service.prints(new RegExp(`(?:${RELOADED}[\\s\\S]*){${count + 1}}`));
    return performance.now() - before;
  }

  async #published(): Promise<number> {
    const [, calls = '0'] = /cmdstat_publish:calls=(\d+)/.exec(await this.redis.send('INFO commandstats')) ?? [];
    return Number(calls);
  }

  #epoch(): Promise<string> {
    return this.redis.send('GET stagedoor:epoch');
  }
}

async function startHubster(): Promise<StubServer> {
  const hubster = await StubServer.start();
  hubster.portal = [
    json(200, {
      ...{ integrationId: INTEGRATION, hubId: HUB, integrationTypeId: 'Customer', channelId: 'WebChat' },
      ...{ name: 'Support', statusId: 3000, configuration: { allowedOrigins: ['localhost'] } },
    }),
  ];
  return hubster;
}

async function writeSecrets(directory: string, tenants: number, version: number): Promise<void> {
  for (let tenant = 0; tenant < tenants; tenant += 1)
    await writeFile(join(directory, 'secrets', String(tenant)), secretOf(tenant, version));
}

function tenantsFile(directory: string, tenants: number): string {
  const numbers = Array.from({ length: tenants }, (_, tenant) => tenant);
  const secret = (tenant: number) => join(directory, 'secrets', String(tenant));
  return [
    'tenants:',
    ...numbers.map(
      (tenant) =>
        `  - { id: tenant-${tenant}, hubster: { clientId: client-${tenant}, clientSecret: { file: ${secret(tenant)} } } }`,
    ),
    'callers:',
    ...numbers.map(
      (tenant) =>
        `  - { id: caller-${tenant}, keyHash: "sha256:${keyHash(keyOf(tenant))}", tenants: [tenant-${tenant}], scopes: [integrations:read] }`,
    ),
    '',
  ].join('\n');
}

function residentMiB(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}
