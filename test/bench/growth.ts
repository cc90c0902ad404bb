import { fill, type Scale } from './benchmarks';
import type { Row } from './figures';
import { load, type Rotation, timed } from './load';
import { ID_FORMAT, idOf } from './peers/integrations';
import type { Servers } from './servers';
import type { Subject } from './subject';

const PATH = `/api/v1/integrations/${idOf(0)}`;
/** Enough for the largest number of entries. */
const LARGE_MEMORY = { CACHE_MEMORY_MB: '512' };

/**
 * CPU of a hit as the numbers of used entries, tenants and connections grow; it should be constant. Without rate limits, which so many
 * hits would reach.
 */
export async function growth(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const stub = await servers.stub();
  const rows: Row[] = [];
  for (const entries of [10, 1_000, 10_000, 100_000].filter((count) => count <= scale.entries)) {
    const subject = await servers.tenants(stub, 1, LARGE_MEMORY);
    await fill(subject, servers.headers, entries);
    const rotation = { count: entries, path: `/api/v1/integrations/${ID_FORMAT}`, tenant: 't0' };
    rows.push(await measure(`${entries} entries`, subject, servers, 64, scale, rotation));
    await servers.stop(subject);
  }
  for (const tenants of [1, 10, 100, 1_000]) {
    const subject = await servers.tenants(stub, tenants);
    for (let index = 0; index < tenants; index += 1) {
      await timed(subject.url + PATH, { ...servers.headers, 'X-Tenant-Id': `t${index}` });
    }
    const rotation = { count: tenants, path: PATH, tenant: 't%d' };
    rows.push(await measure(`${tenants} tenants`, subject, servers, 64, scale, rotation));
    await servers.stop(subject);
  }
  const subject = await servers.tenants(stub, 1);
  for (const connections of [1, 4, 16, 64, 256]) {
    rows.push(await measure(`${connections} connections`, subject, servers, connections, scale));
  }
  await servers.stop(subject, stub);
  return rows;
}

async function measure(
  name: string,
  subject: Subject,
  { headers }: Servers,
  connections: number,
  { pairs, seconds }: Scale,
  rotation?: Rotation,
): Promise<Row> {
  const options = { connections, headers, ...(rotation && { rotation }) };
  await load(subject, PATH, { ...options, seconds: 1 });
  const values: number[] = [];
  for (let index = 0; index < pairs; index += 1) {
    const { cpuPer10k } = await load(subject, PATH, { ...options, seconds });
    values.push(cpuPer10k);
  }
  return { name, unit: 'CPU ms for 10,000 hits', values, goal: 'flat' };
}
