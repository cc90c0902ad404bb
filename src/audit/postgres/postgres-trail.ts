import type { Client } from 'pg';
import type { StoredTrail, TrailContent } from '../verify/stored-trail';
import { rowOf } from './trail-row';

/** Rows that are read at a time. */
const PAGE = 2000;

const CHAINS = 'SELECT DISTINCT chain FROM stagedoor.audit_lines ORDER BY chain';
const FIRST = 'SELECT line FROM stagedoor.audit_lines WHERE chain = $1 ORDER BY seq, stored_at LIMIT 1';
const SIZE =
  'SELECT coalesce(sum(octet_length(line) + 1), 0)::float8 AS size FROM stagedoor.audit_lines WHERE chain = $1';
const LINES = `
SELECT seq, line, tenant, target, intent, intent_state AS "intentState",
  to_char(stored_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "storedAt",
  stored_at::text AS "exactTime"
FROM stagedoor.audit_lines WHERE chain = $1 AND (seq, stored_at) > ($2::bigint, $3::timestamptz) ORDER BY seq, stored_at LIMIT ${PAGE}`;

/** A row whose columns say something else than its line is found in the wrong queries, so it counts as not written by Stagedoor. */
const CONTRADICTION = Buffer.from('\n');

/** The trail in a database, as the verifier reads it: one chain after the other, in bounded memory. */
export class PostgresTrail implements StoredTrail {
  constructor(private readonly client: Client) {}

  async content(): Promise<TrailContent> {
    const { rows } = await this.client.query(CHAINS);
    return { chains: rows.map(({ chain }) => String(chain)), replaced: [], others: [] };
  }

  async firstLine(chain: string): Promise<Buffer> {
    const { rows } = await this.client.query(FIRST, [chain]);
    return Buffer.from(String(rows[0]?.line ?? ''));
  }

  async *read(chain: string): AsyncGenerator<Buffer> {
    for (let after = ['-1', '-infinity']; ; ) {
      const { rows } = await this.client.query(LINES, [chain, ...after]);
      const blocks = rows.map((row) => (agrees(chain, row) ? Buffer.from(`${row.line}\n`) : CONTRADICTION));
      if (blocks.length > 0) yield Buffer.concat(blocks);
      const last = rows.at(-1);
      if (rows.length < PAGE) return;
      after = [String(last?.seq), String(last?.exactTime)];
    }
  }

  async sizeOf(chain: string): Promise<number> {
    const { rows } = await this.client.query(SIZE, [chain]);
    return Number(rows[0]?.size);
  }
}

function agrees(chain: string, found: Readonly<Record<string, unknown>>): boolean {
  const written = rowOf(chain, String(found['line']));
  if (written === undefined || String(found['seq']) !== String(written.seq)) return false;
  return (['storedAt', 'tenant', 'target', 'intent', 'intentState'] as const).every(
    (name) => found[name] === written[name],
  );
}
