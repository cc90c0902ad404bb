#!/usr/bin/env node
import type { Client } from 'pg';
import { fileReader } from '../config/environment/read-file';
import { VariableReader } from '../config/environment/variable-reader';
import { withConnection } from './postgres/connect';
import { DatabaseFailure } from './postgres/database-errors';
import { databaseFrom } from './postgres/database-source';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** Writers wait while this command waits for readers of the trail, in milliseconds. */
const LOCK_MS = 1000;
const USAGE = `Usage: npm run audit:retention

Drops the months of the audit trail in PostgreSQL that ended before AUDIT_RETENTION, and only those that the trail itself calls
expired. AUDIT_DATABASE_URL (or AUDIT_DATABASE_URL_FILE) names the database, with the role of the retention. Run it once a day.

Exit status: 0 done, 1 failed (a reader was in the way, say: run it again), 2 wrong usage`;

async function main(): Promise<number> {
  const database = databaseFrom(process.env);
  const variables = new VariableReader(process.env, fileReader());
  const keptFrom = new Date(Date.now() - variables.read('AUDIT_RETENTION')).toISOString();
  if (!database || variables.violations.length > 0 || process.argv.length > 2) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  await withConnection(database, (client) => dropBefore(keptFrom, client));
  return 0;
}

/** One month at a time, so that writers wait for one lock only. */
async function dropBefore(keptFrom: string, client: Client): Promise<void> {
  await client.query(`SET lock_timeout = ${LOCK_MS}`);
  for (;;) {
    const { rows } = await client.query('SELECT stagedoor.drop_audit_partition($1) AS dropped', [keptFrom]);
    const dropped: unknown = rows[0]?.dropped;
    if (typeof dropped !== 'string') return;
    console.log(`Dropped ${dropped}.`);
  }
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(`Cannot drop old months: ${DatabaseFailure.of(error).code}`);
    process.exitCode = EXIT_FAILED;
  },
);
