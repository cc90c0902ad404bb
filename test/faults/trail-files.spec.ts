import { trailFiles } from '../support/scale/trail-files';

describe('a trail of many tenants in files', () => {
  it('has the only event of a tenant on the first page, and reads none of the lines that indexes leave out (S-800)', async () => {
    const { chains, openLines, pages } = await trailFiles({
      records: 20_000,
      tenants: 100,
      days: 2,
      maxBytes: 256 * 1024,
    });
    expect(chains).toBeGreaterThan(20);
    expect(pages.slice(0, 3)).toMatchObject([
      { results: 1, isLast: true },
      { results: 1, isLast: true },
      { results: 0, isLast: true },
    ]);
    expect(pages[3]).toMatchObject({ results: 50, isLast: false });
    for (const { linesRead } of pages) expect(linesRead).toBeLessThanOrEqual(openLines + chains + 51);
  });
});
