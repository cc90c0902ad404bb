import type { TrailSlice } from '../audit-store';
import { columnText } from './trail-row';

const ORDER = 'ORDER BY stored_at DESC, chain DESC, seq DESC';
const LINES = 'stagedoor.audit_lines';
/** The lines of intents that may be open, and of their unknown outcomes. */
const OPEN_LINES = `(SELECT l.* FROM stagedoor.open_intents o JOIN ${LINES} l USING (chain, seq, stored_at)) AS open_lines`;

/** The statement for the newest lines of a slice. Every form of it is served by an index in the order of the result. */
export function pageQuery(
  { from, to, before, tenants, target, isOpen }: TrailSlice,
  limit: number,
): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  const where = (condition: (...names: readonly string[]) => string, ...values: readonly unknown[]) => {
    const first = parameters.length + 1;
    parameters.push(...values);
    conditions.push(condition(...values.map((_, index) => `$${first + index}`)));
  };
  // One tenant is compared by =: the index then has the order of the result, which it has not for a list.
  if (tenants?.length === 1) where((tenant) => `tenant = ${tenant}`, columnText(tenants[0]));
  else if (tenants) where((list) => `tenant = ANY (${list}::text[])`, tenants.map(columnText));
  if (target !== undefined) where((id) => `target = ${id}`, columnText(target));
  if (from !== undefined) where((time) => `stored_at >= ${time}`, instant(from));
  if (to !== undefined) where((time) => `stored_at < ${time}`, instant(to));
  if (before !== undefined) {
    const [time, chain, seq] = before.split('~');
    where((t, c, s) => `(stored_at, chain, seq) < (${t}::timestamptz, ${c}, ${s}::bigint)`, time, chain, seq);
    // Leaves out the partitions of later months, which the comparison of rows does not.
    where((t) => `stored_at <= ${t}`, time);
  }
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const source = isOpen ? OPEN_LINES : LINES;
  return {
    sql: `SELECT chain, seq, line, stored_at::text AS at FROM ${source} ${filter} ${ORDER} LIMIT ${limit}`,
    parameters,
  };
}

/** Times outside of what PostgreSQL stores are before or after all lines. */
function instant(time: number): string {
  const year = new Date(time).getUTCFullYear();
  if (year < 1) return '-infinity';
  return year > 9999 ? 'infinity' : new Date(time).toISOString();
}
