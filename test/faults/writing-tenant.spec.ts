import { WritingTenant } from '../support/scale/writing-tenant';

describe('a tenant that reads and writes', () => {
  it('calls Hubster again for what its writes changed and for no other integration [S-816]', async () => {
    const sizes = { integrations: 120, readsPerSecond: 500, writesPerSecond: 5, seconds: 2, isPaced: false };
    const tenant = await WritingTenant.start(sizes);
    try {
      const { reads, hits, writes, failed, hubsterGets, entries, live } = await tenant.run();
      expect({ reads, writes, failed }).toEqual({ reads: 1_000, writes: 10, failed: 0 });
      // A write reads its integration before and after; until the next, 1 integration, 5 pages and 1 list by channel are loaded again.
      expect(hubsterGets).toBeLessThanOrEqual(9 * writes);
      expect(hits).toBeGreaterThanOrEqual(0.9 * reads);
      expect(entries).toBeLessThanOrEqual(1.5 * live);
    } finally {
      await tenant.close();
    }
  });
});
