import { setTimeout as delay } from 'node:timers/promises';
import { quantile, type Row } from './figures';
import { type Headers, timed } from './load';
import { noise } from './noise';
import { ID_FORMAT, idOf } from './peers/integrations';
import type { Stage } from './stage';
import type { Scale } from './works';

const QUIET_TENANTS = 4;
const SHARE = 100;
const HUBSTER_MS = 300;
/** Calls of a tenant that may be under way at once, and those that may wait for them. */
const PLACES = 10;
const QUEUE = 20;

/** What the quiet tenants got. */
interface Share {
  readonly p99Ms: number;
  readonly failures: number;
  /** Requests a second of the loud one. */
  readonly loud: number;
}

/**
 * What one tenant at ten times its share does to four others: p99 beside a run without it, and answers that were no 200. The loud one is a
 * process of its own; this one only asks for the quiet ones, so that what it measures is the server.
 */
export async function fairness(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  return [...(await ofHits(stage, scale)), ...(await ofMisses(stage, scale))];
}

/** Everybody may ask `SHARE` times a second; four ask half as often, one ten times as often, and gets 429. */
async function ofHits(stage: Stage, shorter: Scale): Promise<readonly Row[]> {
  // So few are asked that the p99 of a short round is told by a handful of answers.
  const scale = { ...shorter, seconds: 3 * shorter.seconds };
  const stub = await stage.stub();
  const subject = await stage.tenants(stub, QUIET_TENANTS + 1, {}, { limits: { requestsPerMinute: SHARE * 60 } });
  const path = `/api/v1/integrations/${idOf(1)}`;
  const headers = named(stage.headers, 0);
  const loud = { connections: 10, pauseMs: 9, headers, seconds: scale.seconds };
  const rows = await beside(
    'hits',
    quietTenants((tenant) =>
      paced(SHARE / 2, scale.seconds, () => timed(subject.url + path, named(stage.headers, tenant))),
    ),
    () => noise(subject, path, 0, loud),
    scale,
  );
  await stage.stop(subject, stub);
  return rows;
}

/** Hubster takes 300 ms; four keep two calls under way each, one sends ten times what its places let through, and gets 503. */
async function ofMisses(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub(HUBSTER_MS);
  const subject = await stage.tenants(stub, QUIET_TENANTS + 1);
  let [quietly, loudly] = [0x100_000_000, 0x200_000_000];
  const ask = (tenant: number) => {
    quietly += 1;
    return timed(`${subject.url}/api/v1/integrations/${idOf(quietly)}`, named(stage.headers, tenant));
  };
  const pauseMs = 300;
  const refused = ((10 * PLACES) / HUBSTER_MS) * pauseMs;
  const loud = {
    connections: refused + PLACES + QUEUE,
    pauseMs,
    headers: named(stage.headers, 0),
    seconds: scale.seconds,
  };
  const rows = await beside(
    `misses (Hubster takes ${HUBSTER_MS} ms)`,
    quietTenants((tenant) => closed(2, scale.seconds, () => ask(tenant))),
    () => {
      loudly += 1_000_000;
      return noise(subject, `/api/v1/integrations/${ID_FORMAT}`, loudly, loud);
    },
    scale,
  );
  await stage.stop(subject, stub);
  return rows;
}

type Responses = readonly { readonly status: number; readonly ms: number }[];

function quietTenants(ask: (tenant: number) => Promise<Responses>): () => Promise<Responses> {
  const tenants = Array.from({ length: QUIET_TENANTS }, (_, index) => index + 1);
  return async () => (await Promise.all(tenants.map(ask))).flat();
}

async function beside(
  what: string,
  quiet: () => Promise<Responses>,
  makeNoise: () => Promise<number>,
  scale: Scale,
): Promise<readonly Row[]> {
  const run = async (isLoud: boolean): Promise<Share> => {
    const [responses, loud] = await Promise.all([quiet(), isLoud ? makeNoise() : 0]);
    const failures = responses.filter(({ status }) => status !== 200).length;
    const times = responses.map(({ ms }) => ms);
    return { p99Ms: quantile(times, 0.99), failures, loud };
  };
  await run(true);
  const pairs: { readonly alone: Share; readonly together: Share }[] = [];
  for (let round = 0; round < scale.pairs; round += 1) {
    const isLoudFirst = round % 2 === 1;
    const [first, second] = [await run(isLoudFirst), await run(!isLoudFirst)];
    pairs.push(isLoudFirst ? { alone: second, together: first } : { alone: first, together: second });
  }
  const row = (work: string, unit: string, goal: string, value: (pair: (typeof pairs)[number]) => number): Row => {
    return { work: `${what} of others${work}`, unit, values: pairs.map(value), goal };
  };
  return [
    row(
      ', one tenant at ten times its share / without it, p99',
      'ratio',
      '≤ 1.2',
      ({ alone, together }) => together.p99Ms / alone.p99Ms,
    ),
    row(', added to p99', 'ms', '', ({ alone, together }) => together.p99Ms - alone.p99Ms),
    row(' that failed', 'answers', '0', ({ alone, together }) => alone.failures + together.failures),
    row(', what the one asks meanwhile', 'requests a second', '', ({ together }) => together.loud),
  ];
}

const named = (headers: Headers, tenant: number): Headers => ({ ...headers, 'X-Tenant-Id': `t${tenant}` });

/** So many a second, whether or not the ones before are answered. */
async function paced(perSecond: number, seconds: number, ask: () => Promise<Responses[number]>): Promise<Responses> {
  const sent: Promise<Responses[number]>[] = [];
  const began = performance.now() + (Math.random() * 1000) / perSecond;
  while (sent.length < perSecond * seconds) {
    await delay(began + (sent.length * 1000) / perSecond - performance.now());
    sent.push(ask());
  }
  return Promise.all(sent);
}

/** So many under way all the time. */
async function closed(lanes: number, seconds: number, ask: () => Promise<Responses[number]>): Promise<Responses> {
  const responses: Responses[number][] = [];
  const end = performance.now() + seconds * 1000;
  const lane = async () => {
    while (performance.now() < end) responses.push(await ask());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return responses;
}
