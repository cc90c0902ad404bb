import { WritingTenant } from '../support/scale/writing-tenant';

jest.setTimeout(300_000);

const SECONDS = 60;

describe('writes and the cache', () => {
  const rows = [
    '| writes a second | reads | hits | goal | GETs to Hubster a second | entries / live | goal | interruptions of Redis |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];

  afterAll(() => process.stdout.write(`\n${rows.join('\n')}\n\n`));

  it.each([
    { writesPerSecond: 0, goal: 0.85 },
    { writesPerSecond: 1, goal: 0.85 },
    { writesPerSecond: 5, goal: 0.7 },
  ])('1,000 integrations, 500 reads/s, $writesPerSecond writes/s', async ({ writesPerSecond, goal }) => {
    const sizes = { integrations: 1_000, readsPerSecond: 500, writesPerSecond, seconds: SECONDS, isPaced: true };
    const tenant = await WritingTenant.start(sizes);
    try {
      const { reads, hits, failed, hubsterGets, entries, live, interruptions } = await tenant.run();
      const share = hits / reads;
      const dead = entries / live;
      rows.push(
        `| ${writesPerSecond} | ${reads} | ${(100 * share).toFixed(1)} % | ≥ ${100 * goal} % | ${(hubsterGets / SECONDS).toFixed(1)} | ${dead.toFixed(2)} | ≤ 1.5 | ${interruptions} |`,
      );
      expect(failed).toBe(0);
      expect(share).toBeGreaterThanOrEqual(goal);
      expect(dead).toBeLessThanOrEqual(1.5);
    } finally {
      await tenant.close();
    }
  });
});
