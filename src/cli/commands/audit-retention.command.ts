import type { Client } from 'pg';
import { withConnection } from '../../audit/postgres/connect';
import { DatabaseFailure } from '../../audit/postgres/database-errors';
import { CommandFailure } from '../failure';
import { print } from '../terminal';
import { databaseSource, variablesOf } from '../trail-source';

const EXIT_FAILED = 1;
/** Writers wait while this command waits for readers of the trail, in milliseconds. */
const LOCK_MS = 1000;

/** Drops the months of the audit trail in PostgreSQL that ended before `AUDIT_RETENTION`. */
export async function dropExpired(): Promise<number> {
  const database = databaseSource();
  const keptFrom = Date.now() - variablesOf((variables) => variables.read('AUDIT_RETENTION'));
  await withConnection(database, (client) => dropBefore(new Date(keptFrom).toISOString(), client)).catch(
    (error: unknown) => {
      throw new CommandFailure(EXIT_FAILED, `Cannot drop old months: ${DatabaseFailure.of(error).code}`);
    },
  );
  return 0;
}

/** One month at a time, so that writers wait for one lock only. */
async function dropBefore(keptFrom: string, client: Client): Promise<void> {
  await client.query(`SET lock_timeout = ${LOCK_MS}`);
  for (;;) {
    const { rows } = await client.query('SELECT stagedoor.drop_audit_partition($1) AS dropped', [keptFrom]);
    const dropped: unknown = rows[0]?.dropped;
    if (typeof dropped !== 'string') return;
    await print(`Dropped ${dropped}.\n`);
  }
}
