import { performance } from 'node:perf_hooks';
import { pageQuery } from '../../../src/audit/postgres/page-query';
import type { EventFilter } from '../../../src/audit/query/event-filter';
import { ManualClock } from '../manual-clock';
import { queryOf } from '../postgres-server';
import { recordFor, TrailReplica, tenantOf } from './trail-store';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The records are spread over this many days before today, so that chains and months change. */
const DAYS = 25;
const BATCH = 500;
export const RARE_TENANT = 'tenant-with-one-event';

/** Stores `records` records of `tenants` tenants, and in the middle one of another tenant. Resolves to the records a second. */
export async function fillTrail(url: string, records: number, tenants: number): Promise<number> {
  const clock = new ManualClock(Date.now() - DAYS * DAY_MS);
  const replica = await TrailReplica.open(url, clock);
  const startedAt = performance.now();
  for (let first = 0; first < records; first += BATCH) {
    const count = Math.min(BATCH, records - first);
    const bodies = Array.from({ length: count }, (_, n) => recordFor(tenantOf((first + n) % tenants), first + n));
    const isMiddle = first <= records / 2 && first + count > records / 2;
    await replica.store.append(isMiddle ? [recordFor(RARE_TENANT, 0), ...bodies] : bodies);
    await clock.advance((DAYS * DAY_MS * count) / records);
  }
  const perSecond = (1000 * records) / (performance.now() - startedAt);
  await replica.close();
  await queryOf(url, 'ANALYZE stagedoor.audit_lines');
  return perSecond;
}

interface QueryFigures {
  readonly query: string;
  readonly found: number;
  readonly ms: number;
  /** Of its first statement, as `EXPLAIN` reports it. */
  readonly sequentialScans: number;
}

/** Three queries of a tenant: their results, their time (the median of some), and how they are carried out. */
export async function measureQueries(url: string): Promise<readonly QueryFigures[]> {
  const replica = await TrailReplica.open(url);
  const figures = async (query: string, tenant: string, filter: EventFilter): Promise<QueryFigures> => {
    const times: number[] = [];
    let found = 0;
    for (let n = 0; n < 9; n += 1) {
      const startedAt = performance.now();
      found = (await replica.query.page(tenant, filter, { limit: 50 })).results.length;
      times.push(performance.now() - startedAt);
    }
    const { sql, parameters } = pageQuery({ tenants: [tenant], ...filter }, 64);
    const plan = JSON.stringify(await replica.database.read(`EXPLAIN (FORMAT JSON) ${sql}`, parameters));
    const sequentialScans = plan.split('"Node Type":"Seq Scan"').length - 1;
    const ms = times.sort((a, b) => a - b)[4] ?? 0;
    return { query, found, ms, sequentialScans };
  };
  const all = [
    await figures('a page', tenantOf(1), {}),
    await figures('the only event of a rare tenant', RARE_TENANT, {}),
    await figures('`to` before the beginning', tenantOf(1), { to: Date.UTC(2020, 0) }),
  ];
  await replica.close();
  return all;
}

interface WriterFigures {
  readonly stored: number;
  readonly perSecond: number;
  readonly pages: number;
}

/** Writers that each wait for their record before the next, for a while; with `isRead` one tenant reads its pages all the time. */
export async function measureWriters(
  url: string,
  writers: number,
  ms: number,
  isRead: boolean,
): Promise<WriterFigures> {
  const replica = await TrailReplica.open(url);
  await replica.recorder.start();
  let [stored, pages, isRunning] = [0, 0, true];
  const write = async (writer: number) => {
    for (let n = 0; isRunning; n += 1) {
      await replica.recorder.record(recordFor(tenantOf(writer), n), false, tenantOf(writer));
      stored += 1;
    }
  };
  const read = async () => {
    for (let cursor: string | undefined; isRead && isRunning; pages += 1) {
      const page = await replica.query.page(tenantOf(1), {}, { limit: 50, ...(cursor !== undefined && { cursor }) });
      cursor = page.nextCursor;
    }
  };
  const startedAt = performance.now();
  const running = [...Array.from({ length: writers }, (_, writer) => write(writer)), read()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  isRunning = false;
  await Promise.all(running);
  const perSecond = (1000 * stored) / (performance.now() - startedAt);
  await replica.close();
  return { stored, perSecond, pages };
}
