import type { StoredLine, TrailSlice } from '../audit-store';
import { headOf } from '../chain/chain';
import { pageQuery } from './page-query';
import type { TrailDatabase } from './trail-database';

/** Lines that are read at a time: few at first, as most readers want a page. */
const FIRST_PAGE = 64;
const PAGE = 256;

/** The lines of a slice in the database, newest first. */
export async function* newestRows(
  database: Pick<TrailDatabase, 'read'>,
  slice: TrailSlice,
): AsyncGenerator<StoredLine> {
  let { before } = slice;
  for (let limit = FIRST_PAGE; ; limit = PAGE) {
    const { sql, parameters } = pageQuery({ ...slice, ...(before !== undefined && { before }) }, limit);
    const rows = await database.read(sql, parameters);
    for (const { chain, seq, line, at } of rows) {
      // By the column, as a line that somebody else has written may have no time: the next page is an older one in any case.
      before = `${at}~${chain}~${seq}`;
      const text = String(line);
      const time = headOf(Buffer.from(text))?.time;
      if (time !== undefined) yield { position: `${time}~${chain}~${seq}`, text };
    }
    if (rows.length < limit) return;
  }
}
