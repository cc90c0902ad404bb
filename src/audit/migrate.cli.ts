#!/usr/bin/env node
import { withConnection } from './postgres/connect';
import { DatabaseFailure } from './postgres/database-errors';
import { databaseFrom } from './postgres/database-source';
import { migrate, SchemaOutdated } from './postgres/migrate';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const USAGE = `Usage: npm run migrate

Brings the schema of the audit trail in PostgreSQL up to date and creates the partitions of the next months. AUDIT_DATABASE_URL (or
AUDIT_DATABASE_URL_FILE) names the database, with the role that owns the schema or may create it.

Exit status: 0 up to date, 1 failed, 2 wrong usage`;

async function main(): Promise<number> {
  const database = databaseFrom(process.env);
  if (!database || process.argv.length > 2) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const { from, to } = await withConnection(database, async (client) => {
    const versions = await migrate(client);
    await client.query('SELECT stagedoor.create_audit_partitions()');
    return versions;
  });
  console.log(
    from === to ? `The schema has version ${to} already.` : `The schema had version ${from} and has version ${to} now.`,
  );
  return 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const reason =
      error instanceof SchemaOutdated ? error.message : `Cannot migrate: ${DatabaseFailure.of(error).code}`;
    console.error(reason);
    process.exitCode = EXIT_FAILED;
  },
);
