import { quantile, type Row } from './figures';
import { type Headers, type LoadResult, load, timed } from './load';
import { HUB, idOf } from './peers/integrations';
import type { Stage } from './stage';
import type { Subject } from './subject';

/** How much is measured. */
export interface Scale {
  /** Pairs of alternating measurements. */
  readonly pairs: number;
  readonly seconds: number;
  readonly requests: number;
  readonly entries: number;
}

export const ONE = `/api/v1/integrations/${idOf(1)}`;
const PAGE = `/api/v1/integrations?hubId=${HUB}`;
export const one = (index: number): string => `/api/v1/integrations/${idOf(index)}`;

/** Loads two subjects in turn, so that what disturbs the machine disturbs both. */
async function pairs(
  [left, right]: readonly [Subject, Subject],
  path: string,
  headers: Headers,
  { pairs: count, seconds }: Scale,
): Promise<readonly (readonly [LoadResult, LoadResult])[]> {
  const options = { seconds, connections: 64, headers };
  for (const subject of [left, right]) await load(subject, path, { ...options, seconds: 1 });
  const results: [LoadResult, LoadResult][] = [];
  for (let index = 0; index < count; index += 1) {
    const [first, second] = index % 2 === 0 ? [left, right] : [right, left];
    const [a, b] = [await load(first, path, options), await load(second, path, options)];
    results.push(index % 2 === 0 ? [a, b] : [b, a]);
  }
  return results;
}

/** Hits beside a bare server, nginx and the typical BFF. */
export async function hits(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const stagedoor = await stage.stagedoor(stub);
  const rows: Row[] = [];
  for (const [what, path] of [
    ['600 B', ONE],
    ['30 KB', PAGE],
  ] as const) {
    const response = await fetch(stagedoor.url + path, { headers: stage.headers });
    const bare = await stage.bare(response);
    const beside = await pairs([stagedoor, bare], path, stage.headers, scale);
    const goal = '≥ 0.85';
    rows.push(ratio(`hit ${what} / bare node:http, requests a second`, beside, ({ perSecond }) => perSecond, goal));
    rows.push(ratio(`hit ${what} / bare node:http, p99`, beside, ({ p99Ms }) => p99Ms, '≤ 1.5'));
    if (path === ONE) {
      const sampled = await stage.stagedoor(stub, { LOG_SAMPLE: '0.01' });
      const besideSampled = await pairs([sampled, bare], path, stage.headers, scale);
      const work = `hit ${what}, LOG_SAMPLE=0.01 / bare node:http, requests a second`;
      rows.push(ratio(work, besideSampled, ({ perSecond }) => perSecond, goal));
      await stage.stop(sampled);
      const nginx = await stage.nginx(bare);
      const besideNginx = await pairs([stagedoor, nginx], path, stage.headers, scale);
      rows.push(
        ratio(`hit ${what} / nginx proxy_cache, 1 worker`, besideNginx, ({ perSecond }) => perSecond, '≥ 0.40'),
      );
      await stage.stop(nginx);
    }
    await stage.stop(bare);
  }
  const bff = await stage.bff(stub);
  const besideBff = await pairs([stagedoor, bff], ONE, stage.headers, scale);
  rows.push(ratio('hit 600 B / typical Nest BFF, requests a second', besideBff, ({ perSecond }) => perSecond, '≥ 6'));
  rows.push(ratio('hit 600 B / typical Nest BFF, CPU a request', besideBff, ({ cpuPer10k }) => cpuPer10k, '≤ 0.2'));
  rows.push({
    work: 'hit 600 B, CPU for 10,000 requests',
    unit: 'ms',
    values: besideBff.map(([{ cpuPer10k }]) => cpuPer10k),
    goal: '',
  });
  await stage.stop(bff, stagedoor, stub);
  return rows;
}

function ratio(
  work: string,
  results: readonly (readonly [LoadResult, LoadResult])[],
  figure: (result: LoadResult) => number,
  goal: string,
): Row {
  return { work, unit: 'ratio', values: results.map(([left, right]) => figure(left) / figure(right)), goal };
}

/**
 * What a miss adds to asking the stub directly, and its CPU beside the typical BFF's: one request at a time, and eight. Subjects
 * take refreshLock of a few hundred requests, so that each is at work and not woken from sleep by every one of them.
 */
export async function misses(stage: Stage, { pairs: rounds, requests }: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const [stagedoor, bff] = [await stage.stagedoor(stub), await stage.bff(stub)];
  const ids = counted(1_000_000);
  const takingTurns = async (refreshLock: number, atOnce: number) => {
    const reads = (subject: Subject) => new ColdReads(subject, stage.headers, ids);
    const [direct, through, typical] = [reads(stub), reads(stagedoor), reads(bff)];
    for (let turn = 0; turn < refreshLock; turn += 1) {
      for (const asked of [direct, through, typical]) await asked.more(requests / 10, atOnce);
    }
    return { direct, through, typical };
  };
  await takingTurns(50, 8);
  const added = { p50: [] as number[], p99: [] as number[] };
  const cpu = { alone: [] as number[], eight: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const { direct, through, typical } = await takingTurns(10, 1);
    added.p50.push(quantile(through.times, 0.5) - quantile(direct.times, 0.5));
    added.p99.push(quantile(through.times, 0.99) - quantile(direct.times, 0.99));
    cpu.alone.push(through.cpuMs / typical.cpuMs);
    const busy = await takingTurns(10, 8);
    cpu.eight.push(busy.through.cpuMs / busy.typical.cpuMs);
  }
  await stage.stop(stagedoor, bff, stub);
  return [
    { work: 'miss, added to the stub, p50', unit: 'ms', values: added.p50, goal: '≤ 1' },
    { work: 'miss, added to the stub, p99', unit: 'ms', values: added.p99, goal: '≤ 4' },
    { work: 'miss / typical Nest BFF, CPU a request, 8 at a time', unit: 'ratio', values: cpu.eight, goal: '≤ 0.5' },
    { work: 'miss / typical Nest BFF, CPU a request, one by one', unit: 'ratio', values: cpu.alone, goal: '' },
  ];
}

export function counted(first: number): () => number {
  let next = first;
  return () => next++;
}

/** Requests of one subject for integrations that nobody has asked for before. */
export class ColdReads {
  readonly times: number[] = [];
  cpuMs = 0;

  constructor(
    private readonly subject: Subject,
    private readonly headers: Headers,
    private readonly nextId: () => number,
  ) {}

  async more(count: number, atOnce: number): Promise<void> {
    const cpuBefore = this.subject.cpuMs();
    let left = count;
    const lane = async () => {
      while (left-- > 0) {
        const { status, ms } = await timed(this.subject.url + one(this.nextId()), this.headers);
        if (status !== 200) throw new Error(`${this.subject.command.name} answered ${status}`);
        this.times.push(ms);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    this.cpuMs += this.subject.cpuMs() - cpuBefore;
  }
}

/** A thousand callers of one cold key at two replicas: how often Hubster, which takes 300 ms, is asked. */
export async function stampede(stage: Stage, { pairs: rounds }: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub(300);
  const REDIS_URL = await stage.redis();
  const replicas = [await stage.stagedoor(stub, { REDIS_URL }), await stage.stagedoor(stub, { REDIS_URL })];
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await countOf(stub);
    const calls = Array.from({ length: 500 }, () =>
      replicas.map(({ url }) => timed(url + one(2_000_000 + round), stage.headers)),
    );
    const responses = await Promise.all(calls.flat());
    if (responses.some(({ status }) => status !== 200)) throw new Error('not all callers of the stampede got 200');
    values.push((await countOf(stub)) - before);
  }
  await stage.stop(...replicas, stub);
  return [{ work: 'stampede: 1,000 callers, two replicas', unit: 'upstream calls', values, goal: '1' }];
}

async function countOf(stub: Subject): Promise<number> {
  const { count }: { count: number } = JSON.parse(await (await fetch(`${stub.url}/count`)).text());
  return count;
}

/** Memory and p99 of a hit with few and with many entries. */
export async function memory(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const [few, many] = [await stage.stagedoor(stub), await stage.stagedoor(stub)];
  const idle = many.residentMiB();
  await fill(many, stage.headers, scale.entries);
  const grown = many.residentMiB() - idle;
  const beside = await pairs([many, few], one(scale.entries - 1), stage.headers, scale);
  await stage.stop(few, many, stub);
  const entries = scale.entries.toLocaleString('en');
  return [
    {
      work: `memory after ${entries} entries of 600 B, CACHE_MEMORY_MB=64`,
      unit: 'MiB more',
      values: [grown],
      goal: '≤ 83',
    },
    ratio(`hit among ${entries} entries / alone, p99`, beside, ({ p99Ms }) => p99Ms, '≤ 1.2'),
  ];
}

export async function fill(subject: Subject, headers: Headers, entries: number): Promise<void> {
  const lanes = 8;
  const lane = async (first: number) => {
    for (let index = first; index < entries; index += lanes) await timed(subject.url + one(index), headers);
  };
  await Promise.all(Array.from({ length: lanes }, (_, first) => lane(first)));
}

/** From spawn to the first answer. */
export async function starts(stage: Stage, { pairs: rounds }: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const stagedoor = await stage.stagedoor(stub);
    values.push(stagedoor.startMs);
    await stage.stop(stagedoor);
  }
  await stage.stop(stub);
  return [{ work: 'start, from spawn to ready', unit: 'ms', values, goal: '' }];
}
