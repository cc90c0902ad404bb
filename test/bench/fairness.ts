import { quantile, type Row } from './figures';
import { type Headers, timed } from './load';
import { idOf } from './peers/integrations';
import type { Stage } from './stage';
import type { Subject } from './subject';
import type { Scale } from './works';

const QUIET_TENANTS = 4;
const SHARE = 100;
const HUBSTER_MS = 300;
/** Calls of a tenant that may be under way at once (design 5). */
const PLACES = 10;

/** What the quiet tenants got. */
interface Share {
  readonly p99Ms: number;
  readonly failures: number;
}

/** What one tenant at ten times its share does to four others: p99 beside a run without it, and answers that were no 200. */
export async function fairness(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  return [...(await ofHits(stage, scale)), ...(await ofMisses(stage, scale))];
}

/** Everybody may ask `SHARE` times a second; four ask half as often, one ten times as often, and gets 429. */
async function ofHits(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const subject = await stage.tenants(stub, QUIET_TENANTS + 1, {}, { requestsPerMinute: SHARE * 60 });
  const path = `/api/v1/integrations/${idOf(1)}`;
  const ask = (tenant: number, perSecond: number) => (seconds: number) =>
    paced(perSecond, seconds, () => timed(subject.url + path, named(stage.headers, tenant)));
  const quiet = quietTenants((tenant) => ask(tenant, SHARE / 2));
  const noise = { here: ask(0, SHARE * 10), elsewhere: elsewhere(stub, SHARE * 10) };
  const rows = await beside('hits', quiet, noise, scale);
  await stage.stop(subject, stub);
  return rows;
}

/** Hubster takes 300 ms; four keep two calls under way each, one sends ten times what its places let through, and gets 503. */
async function ofMisses(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub(HUBSTER_MS);
  const subject = await stage.tenants(stub, QUIET_TENANTS + 1);
  let next = 3_000_000;
  const ask = (tenant: number) => () => {
    next += 1;
    return timed(`${subject.url}/api/v1/integrations/${idOf(next)}`, named(stage.headers, tenant));
  };
  const quiet = quietTenants((tenant) => (seconds) => closed(2, seconds, ask(tenant)));
  const perSecond = (10 * PLACES * 1000) / HUBSTER_MS;
  const noise = { here: (seconds: number) => paced(perSecond, seconds, ask(0)), elsewhere: elsewhere(stub, perSecond) };
  const rows = await beside(`misses (Hubster takes ${HUBSTER_MS} ms)`, quiet, noise, scale);
  await stage.stop(subject, stub);
  return rows;
}

type Answers = readonly { readonly status: number; readonly ms: number }[];
type Asking = (seconds: number) => Promise<Answers>;

/** The load of one tenant: on Stagedoor, or for comparison on the stub, as making it costs the others' clients something too. */
interface Noise {
  readonly here: Asking;
  readonly elsewhere: Asking;
}

function elsewhere(stub: Subject, perSecond: number): Asking {
  return (seconds) => paced(perSecond, seconds, () => timed(`${stub.url}/count`, {}));
}

function quietTenants(asking: (tenant: number) => Asking): readonly Asking[] {
  return Array.from({ length: QUIET_TENANTS }, (_, index) => asking(index + 1));
}

async function beside(what: string, quiet: readonly Asking[], noise: Noise, scale: Scale): Promise<readonly Row[]> {
  const run = async (where: keyof Noise): Promise<Share> => {
    const noisy = noise[where](scale.seconds);
    const answers = (await Promise.all(quiet.map((ask) => ask(scale.seconds)))).flat();
    await noisy;
    const failures = answers.filter(({ status }) => status !== 200).length;
    return {
      p99Ms: quantile(
        answers.map(({ ms }) => ms),
        0.99,
      ),
      failures,
    };
  };
  await run('here');
  const ratios: number[] = [];
  const added: number[] = [];
  const failures: number[] = [];
  for (let round = 0; round < scale.pairs; round += 1) {
    const [alone, together] = [await run('elsewhere'), await run('here')];
    ratios.push(together.p99Ms / alone.p99Ms);
    added.push(together.p99Ms - alone.p99Ms);
    failures.push(alone.failures + together.failures);
  }
  const work = `${what} of others, one tenant at ten times its share`;
  return [
    { work: `${work} / without it, p99`, unit: 'ratio', values: ratios, goal: '≤ 1.2' },
    { work: `${work}, added to p99`, unit: 'ms', values: added, goal: '' },
    { work: `${work}: failed`, unit: 'answers', values: failures, goal: '0' },
  ];
}

const named = (headers: Headers, tenant: number): Headers => ({ ...headers, 'X-Tenant-Id': `t${tenant}` });

/** So many a second, whether or not the ones before are answered. */
async function paced(perSecond: number, seconds: number, ask: () => Promise<Answers[number]>): Promise<Answers> {
  const sent: Promise<Answers[number]>[] = [];
  const began = performance.now();
  while (sent.length < perSecond * seconds) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const due = Math.min(perSecond * seconds, ((performance.now() - began) / 1000) * perSecond);
    while (sent.length < due) sent.push(ask());
  }
  return Promise.all(sent);
}

/** So many under way all the time. */
async function closed(lanes: number, seconds: number, ask: () => Promise<Answers[number]>): Promise<Answers> {
  const answers: Answers[number][] = [];
  const end = performance.now() + seconds * 1000;
  const lane = async () => {
    while (performance.now() < end) answers.push(await ask());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return answers;
}
