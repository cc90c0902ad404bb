import { setTimeout as delay } from 'node:timers/promises';
import type { Scale } from './benchmarks';
import { quantile, type Row } from './figures';
import { type Headers, timed } from './load';
import { noise } from './noise';
import { ID_FORMAT, idOf } from './peers/integrations';
import type { Servers } from './servers';

const QUIET_TENANTS = 4;
const SHARE = 100;
const HUBSTER_MS = 300;
/** Bulkhead of a tenant: concurrent calls, and waiting calls. */
const CONCURRENT = 10;
const QUEUE = 20;

/** The results of the quiet tenants. */
interface Result {
  readonly p99Ms: number;
  readonly failures: number;
  /** Requests a second of the loud tenant. */
  readonly loud: number;
}

/**
 * The effect of one tenant at ten times its share on four others: p99 in relation to a run without it, and responses other than 200. The
 * load of the loud tenant comes from another process, so that this process measures the server and not itself.
 */
export async function fairness(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  return [...(await fairnessOfHits(servers, scale)), ...(await fairnessOfMisses(servers, scale))];
}

/** Each tenant has a limit of `SHARE` requests a second; four send half as many, one ten times as many and gets 429. */
async function fairnessOfHits(servers: Servers, full: Scale): Promise<readonly Row[]> {
  // In a short round, a few responses would decide the p99.
  const scale = { ...full, seconds: 3 * full.seconds };
  const stub = await servers.stub();
  const subject = await servers.tenants(stub, QUIET_TENANTS + 1, {}, { limits: { requestsPerMinute: SHARE * 60 } });
  const path = `/api/v1/integrations/${idOf(1)}`;
  const headers = named(servers.headers, 0);
  const loud = { connections: 10, pauseMs: 9, headers, seconds: scale.seconds };
  const rows = await compare(
    'hits',
    quietTenants((tenant) =>
      paced(SHARE / 2, scale.seconds, () => timed(subject.url + path, named(servers.headers, tenant))),
    ),
    () => noise(subject, path, 0, loud),
    scale,
  );
  await servers.stop(subject, stub);
  return rows;
}

/** Hubster takes 300 ms; four tenants have two calls in flight each, one sends ten times what its bulkhead allows and gets 503. */
async function fairnessOfMisses(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub(HUBSTER_MS);
  const subject = await servers.tenants(stub, QUIET_TENANTS + 1);
  let [quietId, loudId] = [0x100_000_000, 0x200_000_000];
  const read = (tenant: number) => {
    quietId += 1;
    return timed(`${subject.url}/api/v1/integrations/${idOf(quietId)}`, named(servers.headers, tenant));
  };
  const pauseMs = 300;
  const rejected = ((10 * CONCURRENT) / HUBSTER_MS) * pauseMs;
  const loud = {
    connections: rejected + CONCURRENT + QUEUE,
    pauseMs,
    headers: named(servers.headers, 0),
    seconds: scale.seconds,
  };
  const rows = await compare(
    `misses (Hubster takes ${HUBSTER_MS} ms)`,
    quietTenants((tenant) => closed(2, scale.seconds, () => read(tenant))),
    () => {
      loudId += 1_000_000;
      return noise(subject, `/api/v1/integrations/${ID_FORMAT}`, loudId, loud);
    },
    scale,
  );
  await servers.stop(subject, stub);
  return rows;
}

type Responses = readonly { readonly status: number; readonly ms: number }[];

function quietTenants(run: (tenant: number) => Promise<Responses>): () => Promise<Responses> {
  const tenants = Array.from({ length: QUIET_TENANTS }, (_, index) => index + 1);
  return async () => (await Promise.all(tenants.map(run))).flat();
}

async function compare(
  what: string,
  quiet: () => Promise<Responses>,
  makeNoise: () => Promise<number>,
  scale: Scale,
): Promise<readonly Row[]> {
  const measure = async (isLoud: boolean): Promise<Result> => {
    const [responses, loud] = await Promise.all([quiet(), isLoud ? makeNoise() : 0]);
    const failures = responses.filter(({ status }) => status !== 200).length;
    const times = responses.map(({ ms }) => ms);
    return { p99Ms: quantile(times, 0.99), failures, loud };
  };
  await measure(true);
  const pairs: { readonly alone: Result; readonly together: Result }[] = [];
  for (let round = 0; round < scale.pairs; round += 1) {
    const isLoudFirst = round % 2 === 1;
    const [first, second] = [await measure(isLoudFirst), await measure(!isLoudFirst)];
    pairs.push(isLoudFirst ? { alone: second, together: first } : { alone: first, together: second });
  }
  const row = (suffix: string, unit: string, goal: string, value: (pair: (typeof pairs)[number]) => number): Row => {
    return { name: `${what} of others${suffix}`, unit, values: pairs.map(value), goal };
  };
  return [
    row(
      ', one tenant at ten times its share / without it, p99',
      'ratio',
      '≤ 1.2',
      ({ alone, together }) => together.p99Ms / alone.p99Ms,
    ),
    row(', added to p99', 'ms', '', ({ alone, together }) => together.p99Ms - alone.p99Ms),
    row(' that failed', 'responses', '0', ({ alone, together }) => alone.failures + together.failures),
    row(', requests of that tenant', 'requests a second', '', ({ together }) => together.loud),
  ];
}

const named = (headers: Headers, tenant: number): Headers => ({ ...headers, 'X-Tenant-Id': `t${tenant}` });

/** Sends at a fixed rate, whether or not earlier requests have got a response. */
async function paced(perSecond: number, seconds: number, send: () => Promise<Responses[number]>): Promise<Responses> {
  const sent: Promise<Responses[number]>[] = [];
  const began = performance.now() + (Math.random() * 1000) / perSecond;
  while (sent.length < perSecond * seconds) {
    await delay(began + (sent.length * 1000) / perSecond - performance.now());
    sent.push(send());
  }
  return Promise.all(sent);
}

/** Keeps a fixed number of requests in flight. */
async function closed(
  concurrency: number,
  seconds: number,
  send: () => Promise<Responses[number]>,
): Promise<Responses> {
  const responses: Responses[number][] = [];
  const end = performance.now() + seconds * 1000;
  const worker = async () => {
    while (performance.now() < end) responses.push(await send());
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return responses;
}
