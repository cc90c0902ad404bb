import type { Row } from './figures';
import { load, type Rotation, timed } from './load';
import { ID_FORMAT, idOf } from './peers/integrations';
import type { Stage } from './stage';
import type { Subject } from './subject';
import { fill, type Scale } from './works';

const PATH = `/api/v1/integrations/${idOf(0)}`;
/** Room for the most entries there are. */
const ROOMY = { CACHE_MEMORY_MB: '512' };

/**
 * What a hit costs as entries, tenants and connections grow, all of them in use: flat lines, or something to explain. Without
 * limits, which so many hits would reach.
 */
export async function growth(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const rows: Row[] = [];
  for (const entries of [10, 1_000, 10_000, 100_000].filter((count) => count <= scale.entries)) {
    const subject = await stage.tenants(stub, 1, ROOMY);
    await fill(subject, stage.headers, entries);
    const rotation = { count: entries, path: `/api/v1/integrations/${ID_FORMAT}`, tenant: 't0' };
    rows.push(await measure(`${entries} entries`, subject, stage, 64, scale, rotation));
    await stage.stop(subject);
  }
  for (const tenants of [1, 10, 100, 1_000]) {
    const subject = await stage.tenants(stub, tenants);
    for (let index = 0; index < tenants; index += 1) {
      await timed(subject.url + PATH, { ...stage.headers, 'X-Tenant-Id': `t${index}` });
    }
    const rotation = { count: tenants, path: PATH, tenant: 't%d' };
    rows.push(await measure(`${tenants} tenants`, subject, stage, 64, scale, rotation));
    await stage.stop(subject);
  }
  const subject = await stage.tenants(stub, 1);
  for (const connections of [1, 4, 16, 64, 256]) {
    rows.push(await measure(`${connections} connections`, subject, stage, connections, scale));
  }
  await stage.stop(subject, stub);
  return rows;
}

async function measure(
  work: string,
  subject: Subject,
  { headers }: Stage,
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
  return { work, unit: 'CPU ms for 10,000 hits', values, goal: 'flat' };
}
