import { join } from 'node:path';
import { quantile, type Row } from './figures';
import { type Headers, type LoadResult, load, timed } from './load';
import { HUB, idOf } from './peers/integrations';
import type { Servers } from './servers';
import type { Subject } from './subject';

/** The extent of the measurements. */
export interface Scale {
  /** Pairs of alternating measurements. */
  readonly pairs: number;
  readonly seconds: number;
  readonly requests: number;
  readonly entries: number;
}

export const ONE = `/api/v1/integrations/${idOf(1)}`;
/** What `npm run bundle` makes of this build. */
const BUNDLED = join(__dirname, '../bundle/dist');
const PAGE = `/api/v1/integrations?hubId=${HUB}`;
export const one = (index: number): string => `/api/v1/integrations/${idOf(index)}`;

/** Loads two servers alternately, so that a disturbance affects both. */
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

/** Hits in relation to a bare server, nginx and the typical BFF. */
export async function hits(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub();
  const stagedoor = await servers.stagedoor(stub);
  const rows: Row[] = [];
  for (const [what, path] of [
    ['600 B', ONE],
    ['30 KB', PAGE],
  ] as const) {
    const response = await fetch(stagedoor.url + path, { headers: servers.headers });
    const bare = await servers.bare(response);
    const besideBare = await pairs([stagedoor, bare], path, servers.headers, scale);
    const goal = '≥ 0.85';
    rows.push(ratio(`hit ${what} / bare node:http, requests a second`, besideBare, ({ perSecond }) => perSecond, goal));
    rows.push(ratio(`hit ${what} / bare node:http, p99`, besideBare, ({ p99Ms }) => p99Ms, '≤ 1.5'));
    if (path === ONE) {
      const sampled = await servers.stagedoor(stub, { LOG_SAMPLE: '0.01' });
      const besideSampled = await pairs([sampled, bare], path, servers.headers, scale);
      const name = `hit ${what}, LOG_SAMPLE=0.01 / bare node:http, requests a second`;
      rows.push(ratio(name, besideSampled, ({ perSecond }) => perSecond, goal));
      await servers.stop(sampled);
      const nginx = await servers.nginx(bare);
      const besideNginx = await pairs([stagedoor, nginx], path, servers.headers, scale);
      rows.push(
        ratio(`hit ${what} / nginx proxy_cache, 1 worker`, besideNginx, ({ perSecond }) => perSecond, '≥ 0.40'),
      );
      await servers.stop(nginx);
    }
    await servers.stop(bare);
  }
  const bff = await servers.bff(stub);
  const besideBff = await pairs([stagedoor, bff], ONE, servers.headers, scale);
  rows.push(ratio('hit 600 B / typical Nest BFF, requests a second', besideBff, ({ perSecond }) => perSecond, '≥ 6'));
  rows.push(ratio('hit 600 B / typical Nest BFF, CPU a request', besideBff, ({ cpuPer10k }) => cpuPer10k, '≤ 0.2'));
  rows.push({
    name: 'hit 600 B, CPU for 10,000 requests',
    unit: 'ms',
    values: besideBff.map(([{ cpuPer10k }]) => cpuPer10k),
    goal: '',
  });
  await servers.stop(bff, stagedoor, stub);
  return rows;
}

function ratio(
  name: string,
  results: readonly (readonly [LoadResult, LoadResult])[],
  figure: (result: LoadResult) => number,
  goal: string,
): Row {
  return { name, unit: 'ratio', values: results.map(([left, right]) => figure(left) / figure(right)), goal };
}

/**
 * The latency of a miss beyond that of the stub, and its CPU in relation to the typical BFF: one request at a time, and eight. The servers
 * are loaded alternately with some hundred requests each, so that a server does not wake up for every request.
 */
export async function misses(servers: Servers, { pairs: rounds, requests }: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub();
  const [stagedoor, bff] = [await servers.stagedoor(stub), await servers.bff(stub)];
  const ids = counted(1_000_000);
  const alternate = async (rounds: number, atOnce: number) => {
    const reads = (subject: Subject) => new ColdReads(subject, servers.headers, ids);
    const [direct, through, typical] = [reads(stub), reads(stagedoor), reads(bff)];
    for (let round = 0; round < rounds; round += 1) {
      for (const server of [direct, through, typical]) await server.more(requests / 10, atOnce);
    }
    return { direct, through, typical };
  };
  await alternate(50, 8);
  const added = { p50: [] as number[], p99: [] as number[] };
  const cpu = { alone: [] as number[], eight: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const { direct, through, typical } = await alternate(10, 1);
    added.p50.push(quantile(through.times, 0.5) - quantile(direct.times, 0.5));
    added.p99.push(quantile(through.times, 0.99) - quantile(direct.times, 0.99));
    cpu.alone.push(through.cpuMs / typical.cpuMs);
    const busy = await alternate(10, 8);
    cpu.eight.push(busy.through.cpuMs / busy.typical.cpuMs);
  }
  await servers.stop(stagedoor, bff, stub);
  return [
    { name: 'miss, added to the stub, p50', unit: 'ms', values: added.p50, goal: '≤ 1' },
    { name: 'miss, added to the stub, p99', unit: 'ms', values: added.p99, goal: '≤ 4' },
    { name: 'miss / typical Nest BFF, CPU a request, 8 at a time', unit: 'ratio', values: cpu.eight, goal: '≤ 0.5' },
    { name: 'miss / typical Nest BFF, CPU a request, one by one', unit: 'ratio', values: cpu.alone, goal: '' },
  ];
}

export function counted(first: number): () => number {
  let next = first;
  return () => next++;
}

/** Reads integrations that have never been requested from a server before. */
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
    const worker = async () => {
      while (left-- > 0) {
        const { status, ms } = await timed(this.subject.url + one(this.nextId()), this.headers);
        if (status !== 200) throw new Error(`${this.subject.command.name} responded with ${status}`);
        this.times.push(ms);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    this.cpuMs += this.subject.cpuMs() - cpuBefore;
  }
}

/** A thousand callers of one uncached key at two replicas: the number of calls to Hubster, which takes 300 ms. */
export async function stampede(servers: Servers, { pairs: rounds }: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub(300);
  const REDIS_URL = await servers.redis();
  const replicas = [await servers.stagedoor(stub, { REDIS_URL }), await servers.stagedoor(stub, { REDIS_URL })];
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await countOf(stub);
    const calls = Array.from({ length: 500 }, () =>
      replicas.map(({ url }) => timed(url + one(2_000_000 + round), servers.headers)),
    );
    const responses = await Promise.all(calls.flat());
    if (responses.some(({ status }) => status !== 200)) throw new Error('not all callers of the stampede got 200');
    values.push((await countOf(stub)) - before);
  }
  await servers.stop(...replicas, stub);
  return [{ name: 'stampede: 1,000 callers, two replicas', unit: 'upstream calls', values, goal: '1' }];
}

async function countOf(stub: Subject): Promise<number> {
  const { count }: { count: number } = JSON.parse(await (await fetch(`${stub.url}/count`)).text());
  return count;
}

/** Memory and p99 of a hit with few and with many entries. */
export async function memory(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub();
  const [few, many] = [await servers.stagedoor(stub), await servers.stagedoor(stub)];
  const idle = many.residentMiB();
  await fill(many, servers.headers, scale.entries);
  const grown = many.residentMiB() - idle;
  const beside = await pairs([many, few], one(scale.entries - 1), servers.headers, scale);
  await servers.stop(few, many, stub);
  const entries = scale.entries.toLocaleString('en');
  return [
    {
      name: `memory after ${entries} entries of 600 B, CACHE_MEMORY_MB=64`,
      unit: 'MiB more',
      values: [grown],
      goal: '≤ 83',
    },
    ratio(`hit among ${entries} entries / alone, p99`, beside, ({ p99Ms }) => p99Ms, '≤ 1.2'),
  ];
}

export async function fill(subject: Subject, headers: Headers, entries: number): Promise<void> {
  const workers = 8;
  const worker = async (first: number) => {
    for (let index = first; index < entries; index += workers) await timed(subject.url + one(index), headers);
  };
  await Promise.all(Array.from({ length: workers }, (_, first) => worker(first)));
}

/** The time from spawn to the first response, of the build and of its bundle, which are started alternately. */
export async function starts(servers: Servers, { pairs: rounds }: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub();
  const startMs = async (dist?: string): Promise<number> => {
    const stagedoor = await servers.tenants(stub, 1, {}, dist === undefined ? {} : { dist });
    await servers.stop(stagedoor);
    return stagedoor.startMs;
  };
  const [plain, bundled]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await startMs());
    bundled.push(await startMs(BUNDLED));
  }
  await servers.stop(stub);
  return [
    { name: 'start, from spawn to ready', unit: 'ms', values: plain, goal: '' },
    { name: 'start of the bundle, from spawn to ready', unit: 'ms', values: bundled, goal: '≤ 800' },
  ];
}
