import { queryOf } from '../postgres-server';

/** The lines of a trail in a database, oldest first. */
export async function readDatabaseTrail(url: string): Promise<readonly Record<string, unknown>[]> {
  const rows = await queryOf(url, 'SELECT line FROM stagedoor.audit_lines ORDER BY stored_at, chain, seq');
  return rows.map(({ line }): Record<string, unknown> => JSON.parse(String(line)));
}
