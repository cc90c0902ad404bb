import { withConnection } from '../../audit/postgres/connect';
import { DatabaseFailure } from '../../audit/postgres/database-errors';
import { migrate, SchemaOutdated } from '../../audit/postgres/migrate';
import { CommandFailure } from '../failure';
import { print } from '../terminal';
import { databaseSource } from '../trail-source';

const EXIT_FAILED = 1;

/** Migrates the schema of the audit trail, and creates the partitions of the next months. */
export async function migrateSchema(): Promise<number> {
  const { from, to } = await withConnection(databaseSource(), async (client) => {
    const versions = await migrate(client);
    await client.query('SELECT stagedoor.create_audit_partitions()');
    return versions;
  }).catch((error: unknown) => {
    const reason =
      error instanceof SchemaOutdated ? error.message : `Cannot migrate: ${DatabaseFailure.of(error).code}`;
    throw new CommandFailure(EXIT_FAILED, reason);
  });
  await print(
    from === to
      ? `The schema has version ${to} already.\n`
      : `The schema had version ${from} and has version ${to} now.\n`,
  );
  return 0;
}
