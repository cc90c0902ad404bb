import type { ClientBase } from 'pg';
import { reasonOf } from '../audit-store';
import { SCHEMA_STEPS } from './schema';

/** Of the advisory lock: only one process at a time migrates. */
const LOCK = 'stagedoor.migrations';
const NO_PERMISSION = '42501';

/** The schema is older than this version needs, and the role of the connection may not migrate. */
export class SchemaOutdated extends Error {
  override readonly name = 'SchemaOutdated';
  readonly code = 'schema-outdated';

  constructor(found: number) {
    super(
      `The schema of the audit trail in PostgreSQL has version ${found}; this version of Stagedoor needs ${SCHEMA_STEPS.length}, ` +
        'and the role of AUDIT_DATABASE_URL may not change it. Run `stagedoor migrate` with AUDIT_DATABASE_URL of the role that owns ' +
        'the schema (docs/operations.md, "A trail in PostgreSQL").',
    );
  }
}

/**
 * Brings the schema up to date in one transaction. A newer one is left as it is, as it can still be written. Returns the version
 * before, and the version now.
 */
export async function migrate(client: ClientBase): Promise<{ readonly from: number; readonly to: number }> {
  const from = await versionOf(client);
  if (from >= SCHEMA_STEPS.length) return { from, to: from };
  try {
    await client.query('BEGIN');
    await client.query("SET LOCAL lock_timeout = '30s'");
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [LOCK]);
    // Another process may have migrated while this one waited.
    for (let version = await versionOf(client); version < SCHEMA_STEPS.length; version += 1) {
      if (version === 0) await createVersions(client);
      await client.query(SCHEMA_STEPS[version] ?? '');
      await client.query('INSERT INTO stagedoor.migrations (version) VALUES ($1)', [version + 1]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw reasonOf(error) === NO_PERMISSION ? new SchemaOutdated(from) : error;
  }
  return { from, to: SCHEMA_STEPS.length };
}

async function versionOf(client: ClientBase): Promise<number> {
  const [table] = (await client.query("SELECT to_regclass('stagedoor.migrations') IS NOT NULL AS found")).rows;
  if (table?.found !== true) return 0;
  const [row] = (await client.query('SELECT max(version) AS version FROM stagedoor.migrations')).rows;
  return typeof row?.version === 'number' ? row.version : 0;
}

/** The schema may exist already: an administrator makes it for an owner who may create nothing else in the database. */
async function createVersions(client: ClientBase): Promise<void> {
  const [schema] = (await client.query("SELECT to_regnamespace('stagedoor') IS NOT NULL AS found")).rows;
  if (schema?.found !== true) await client.query('CREATE SCHEMA stagedoor');
  await client.query(
    'CREATE TABLE IF NOT EXISTS stagedoor.migrations (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
}
