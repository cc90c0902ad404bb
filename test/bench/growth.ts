import type { Row } from './figures';
import { type Headers, load } from './load';
import { idOf } from './peers/integrations';
import type { Stage } from './stage';
import type { Subject } from './subject';
import { fill, type Scale } from './works';

const PATH = `/api/v1/integrations/${idOf(0)}`;

/** What a hit costs as entries, tenants and connections grow: flat lines, or something to explain. Without limits, which so many hits would reach. */
export async function growth(stage: Stage, scale: Scale): Promise<readonly Row[]> {
  const stub = await stage.stub();
  const rows: Row[] = [];
  for (const entries of [10, 1_000, 10_000, 100_000].filter((count) => count <= scale.entries)) {
    const subject = await stage.tenants(stub, 1);
    await fill(subject, stage.headers, entries);
    rows.push(await measure(`${entries} entries`, subject, stage.headers, 64, scale));
    await stage.stop(subject);
  }
  for (const tenants of [1, 10, 100, 1_000]) {
    const subject = await stage.tenants(stub, tenants);
    rows.push(await measure(`${tenants} tenants`, subject, { ...stage.headers, 'X-Tenant-Id': 't0' }, 64, scale));
    await stage.stop(subject);
  }
  const subject = await stage.tenants(stub, 1);
  for (const connections of [1, 4, 16, 64, 256]) {
    rows.push(await measure(`${connections} connections`, subject, stage.headers, connections, scale));
  }
  await stage.stop(subject, stub);
  return rows;
}

async function measure(
  work: string,
  subject: Subject,
  headers: Headers,
  connections: number,
  { pairs, seconds }: Scale,
): Promise<Row> {
  await load(subject, PATH, { seconds: 1, connections, headers });
  const values: number[] = [];
  for (let index = 0; index < pairs; index += 1) {
    const { cpuPer10k } = await load(subject, PATH, { seconds, connections, headers });
    values.push(cpuPer10k);
  }
  return { work, unit: 'CPU ms for 10,000 hits', values, goal: 'flat' };
}
