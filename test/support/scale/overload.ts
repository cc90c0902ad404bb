import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { keyHash } from '../../../src/access/api-key';
import { startProcess } from '../service-process';

const HIT = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
/** Uncached reads of as many integrations. */
const UNCACHED = 500;
const FACTOR = 5;
/** Between two rates while the saturation is searched. */
const GROWTH = 1.5;
const LATE_MS = 1000;
const RECOVERY_STEPS = 15;
const PROBE_EVERY_MS = 100;

export interface OverloadSizes {
  readonly tenants: number;
  /** The first offered rate. */
  readonly perSecond: number;
  readonly stepSeconds: number;
  readonly overloadSeconds: number;
  readonly maxConnections: number;
}

/** What became of the requests that were offered at one rate. */
export interface LoadStep {
  readonly perSecond: number;
  readonly seconds: number;
  readonly offered: number;
  /** Without a free connection. */
  readonly unsent: number;
  /** 200 within a second. */
  readonly ok: number;
  /** 503; `retryAfter`: those with that header. */
  readonly rejected: number;
  readonly retryAfter: number;
  readonly failed: number;
  /** The failed ones, by status; `200`: later than a second. */
  readonly others: Readonly<Record<string, number>>;
  readonly okP99Ms: number;
  readonly rejectedP99Ms: number;
}

export interface OverloadResult {
  readonly steps: readonly LoadStep[];
  /** Responses of 200 a second at the best rate. */
  readonly peak: number;
  readonly overload: LoadStep;
  /** The share of the peak that is still served. */
  readonly goodput: number;
  /** Steps of a second at half the peak, until one without a rejection or failure; the last one is that step. */
  readonly recovery: readonly LoadStep[];
  /** Readiness during the overload, by status. */
  readonly probes: Readonly<Record<string, number>>;
}

const keyOf = (tenant: number) => `sd_${String(tenant).padStart(43, 'k')}`;

/** Half of the reads are hits, half go to Hubster; of one tenant after the other. */
function requestsOf(tenants: number): readonly string[] {
  return Array.from({ length: UNCACHED * 2 }, (_, index) => {
    const id = index % 2 === 0 ? HIT : `3bc1e69f-c520-446f-ab2c-${String(index).padStart(12, '0')}`;
    const lines = [
      `GET /api/v1/integrations/${id} HTTP/1.1`,
      'Host: stagedoor',
      `X-API-Key: ${keyOf(Math.floor(index / 2) % tenants)}`,
      ...(index % 2 === 0 ? [] : ['Cache-Control: no-cache']),
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  });
}

const tenantsFile = (tenants: number): string => {
  const ids = Array.from({ length: tenants }, (_, tenant) => tenant);
  return JSON.stringify({
    tenants: ids.map((tenant) => ({
      id: `tenant-${tenant}`,
      hubster: { clientId: `client-${tenant}`, clientSecret: { env: 'OVERLOAD_SECRET' } },
    })),
    callers: ids.map((tenant) => ({
      id: `app-${tenant}`,
      keyHash: `sha256:${keyHash(keyOf(tenant))}`,
      tenants: [`tenant-${tenant}`],
      scopes: ['integrations:read'],
    })),
  });
};

/** Raises the offered rate to the saturation of one process, offers five times as much, and then half of it. */
export async function overload(sizes: OverloadSizes): Promise<OverloadResult> {
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-overload-'));
  const hubster = new Worker(join(__dirname, 'overload-hubster.cjs'));
  const [url]: [string] = await once(hubster, 'message').then(([message]) => [message]);
  await writeFile(join(directory, 'tenants.yaml'), tenantsFile(sizes.tenants));
  const service = await startProcess(
    'dist/main.js',
    {
      ...{ PORT: '0', HOST: '127.0.0.1', HUBSTER_PORTAL_URL: url, HUBSTER_IDENTITY_URL: url },
      TENANTS_FILE: join(directory, 'tenants.yaml'),
      OVERLOAD_SECRET: 'Vq8Zt3LmX5cRw7KpYd2NhJ6sBf9GaE4u',
      SECRET_KEY: 'T5nHk8WqYb2RxVj7MzCd4LfGs9PuEa6Xo3',
      ...{ CACHE_FRESH: '1h', LOG_FORMAT: 'pretty', LOG_LEVEL: 'warn' },
    },
    { learnsFromHubster: false },
  );
  const load = new Worker(join(__dirname, 'offered-load.cjs'), {
    workerData: {
      port: Number(new URL(await service.listens()).port),
      requests: requestsOf(sizes.tenants),
      maxConnections: sizes.maxConnections,
      lateMs: LATE_MS,
    },
  });
  await once(load, 'message');
  const offer = async (perSecond: number, seconds: number): Promise<LoadStep> => {
    load.postMessage({ perSecond, seconds });
    const [counts]: [Omit<LoadStep, 'perSecond' | 'seconds'>] = await once(load, 'message').then(([message]) => [
      message,
    ]);
    return { perSecond, seconds, ...counts };
  };
  try {
    // Tokens and entries.
    await offer(sizes.perSecond, 1);
    const steps = await saturate(sizes, offer);
    const peak = Math.max(...steps.map(({ ok, seconds }) => ok / seconds));
    const probes = probing(await service.listens());
    const step = await offer(Math.round(peak * FACTOR), sizes.overloadSeconds);
    const recovery: LoadStep[] = [];
    const isNormal = () => recovery.some(({ rejected, failed, unsent }) => rejected + failed + unsent === 0);
    while (!isNormal() && recovery.length < RECOVERY_STEPS) recovery.push(await offer(Math.round(peak / 2), 1));
    const goodput = step.ok / step.seconds / peak;
    return { steps, peak, overload: step, goodput, recovery, probes: await probes() };
  } finally {
    await service.stop();
    await Promise.all([load.terminate(), hubster.terminate(), rm(directory, { recursive: true })]);
  }
}

/** Offers more and more until a tenth of it is not served. */
async function saturate(
  { perSecond, stepSeconds }: OverloadSizes,
  offer: (perSecond: number, seconds: number) => Promise<LoadStep>,
): Promise<readonly LoadStep[]> {
  const steps: LoadStep[] = [];
  for (let rate = perSecond; ; rate = Math.round(rate * GROWTH)) {
    const step = await offer(rate, stepSeconds);
    steps.push(step);
    if (step.ok < step.offered * 0.9) return steps;
  }
}

/** Probes readiness until the returned function is called, which resolves to the statuses. */
function probing(url: string): () => Promise<Readonly<Record<string, number>>> {
  const statuses: Record<string, number> = {};
  const pending: Promise<void>[] = [];
  const probe = async () => {
    const status = await fetch(`${url}/health/ready`).then(
      (response) => response.arrayBuffer().then(() => response.status),
      () => 0,
    );
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const timer = setInterval(() => void pending.push(probe()), PROBE_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(pending);
    return statuses;
  };
}
