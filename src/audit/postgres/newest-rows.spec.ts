import { newestRows } from './newest-rows';

const FIRST_PAGE = 64;

describe('the newest rows of a trail in PostgreSQL [S-790]', () => {
  it('end behind a page of lines that are not of Stagedoor', async () => {
    const foreign = Array.from({ length: FIRST_PAGE }, (_, index) => ({
      chain: 'foreign',
      seq: String(FIRST_PAGE - index),
      line: 'not a line of Stagedoor',
      at: `2026-11-29 12:00:${String(FIRST_PAGE - index - 1).padStart(2, '0')}+00`,
    }));
    const pages = [foreign, []];
    const queries: (readonly unknown[])[] = [];
    const read = async (_sql: string, parameters: readonly unknown[] = []) => {
      queries.push(parameters);
      return pages.shift() ?? Promise.reject(new Error('read on'));
    };
    const lines: unknown[] = [];
    for await (const line of newestRows({ read }, {})) lines.push(line);
    expect(lines).toEqual([]);
    expect(queries.at(-1)).toEqual(expect.arrayContaining(['2026-11-29 12:00:00+00', 'foreign', '1']));
  });
});
