import { resolve } from 'node:path';
import { ColdReads, counted, ONE, type Scale } from './benchmarks';
import type { Row } from './figures';
import { load } from './load';
import type { Servers } from './servers';

const SLICE_SECONDS = 1;

/** The cost of a change: CPU in relation to the build whose `dist` is BENCH_BEFORE. */
export async function builds(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const { BENCH_BEFORE } = process.env;
  if (!BENCH_BEFORE) throw new Error('BENCH_BEFORE has to be the dist folder of the build to compare with');
  const rows = await compareBuilds(servers, scale, BENCH_BEFORE);
  return rows.map(({ name, values }) => ({ name: `${name} / build of before`, unit: 'ratio', values, goal: '' }));
}

/**
 * CPU of a hit and of a miss in relation to another build of Stagedoor. The builds are measured in short alternating slices, so that a
 * disturbance affects both.
 */
export async function compareBuilds(
  servers: Servers,
  { pairs: rounds, requests }: Scale,
  otherDist: string,
): Promise<readonly { readonly name: string; readonly values: readonly number[] }[]> {
  const stub = await servers.stub();
  const after = await servers.tenants(stub, 1);
  const before = await servers.tenants(stub, 1, {}, { dist: resolve(otherDist) });
  const options = { seconds: SLICE_SECONDS, connections: 64, headers: servers.headers };
  const ids = counted(1_000_000);
  const cpuOf = {
    hit: async (subject: typeof after) => (await load(subject, ONE, options)).cpuPer10k,
    eight: async (subject: typeof after) => (await coldReads(subject, 8)).cpuMs,
    one: async (subject: typeof after) => (await coldReads(subject, 1)).cpuMs,
  };
  async function coldReads(subject: typeof after, atOnce: number): Promise<ColdReads> {
    const reads = new ColdReads(subject, servers.headers, ids);
    await reads.more(requests / 4, atOnce);
    return reads;
  }
  async function ratios(cpu: (subject: typeof after) => Promise<number>): Promise<readonly number[]> {
    const values: number[] = [];
    for (let round = -2; round < rounds * 4; round += 1) {
      const [first, second] = round % 2 === 0 ? [after, before] : [before, after];
      const [a, b] = [await cpu(first), await cpu(second)];
      // The first rounds warm up both builds.
      if (round >= 0) values.push(round % 2 === 0 ? a / b : b / a);
    }
    return values;
  }
  await coldReads(after, 8);
  await coldReads(before, 8);
  const rows = [
    { name: 'CPU of a hit of 600 B', values: await ratios(cpuOf.hit) },
    { name: 'CPU of a miss, 8 at a time', values: await ratios(cpuOf.eight) },
    { name: 'CPU of a miss, one by one', values: await ratios(cpuOf.one) },
  ];
  await servers.stop(after, before, stub);
  return rows;
}
