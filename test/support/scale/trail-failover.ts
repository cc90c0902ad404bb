import { PostgresServer, queryOf } from '../postgres-server';
import { recordFor, TrailReplica, tenantOf } from './trail-store';

const STANDBY = 'standby';
const WRITERS = 16;

interface FailoverFigures {
  readonly acknowledged: number;
  /** Acknowledged records that the new primary does not have. */
  readonly lost: number;
  readonly state: string;
}

/** Kills a primary under writers, promotes its synchronous standby, and compares what was acknowledged with what is there. */
export async function failOver(recordsBefore: number): Promise<FailoverFigures> {
  const primary = await PostgresServer.start();
  const url = await primary.createDatabase();
  const standby = await primary.startStandby(STANDBY);
  try {
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${STANDBY}'`);
    await primary.query('SELECT pg_reload_conf()');
    while (!(await hasSynchronousStandby(primary))) await new Promise((resolve) => setImmediate(resolve));
    const replica = await TrailReplica.open(url);
    await replica.recorder.start();
    const acknowledged = new Set<string>();
    let killed: Promise<void> | undefined;
    const write = async (writer: number) => {
      for (let n = 0; ; n += 1) {
        const body = recordFor(tenantOf(writer), n);
        try {
          await replica.recorder.record(body);
        } catch {
          return;
        }
        acknowledged.add(`record-${n}-of-${tenantOf(writer)}`);
        if (acknowledged.size === recordsBefore) killed = primary.kill();
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    await killed;
    await standby.promote();
    const there = standby.urlOf(new URL(url).pathname.slice(1));
    const stored = await queryOf(there, "SELECT line::json ->> 'id' AS id FROM stagedoor.audit_lines");
    const ids = new Set(stored.map(({ id }) => id));
    const lost = [...acknowledged].filter((id) => !ids.has(id)).length;
    const { state } = await replica.verify(there);
    await replica.close();
    return { acknowledged: acknowledged.size, lost, state };
  } finally {
    await standby.close();
    await primary.close();
  }
}

async function hasSynchronousStandby(primary: PostgresServer): Promise<boolean> {
  const [row] = await primary.query("SELECT count(*)::int AS count FROM pg_stat_replication WHERE sync_state = 'sync'");
  return row?.['count'] === 1;
}
