import { PostgresServer } from '../support/postgres-server';
import { failOver } from '../support/scale/trail-failover';
import { killUnderWrites } from '../support/scale/trail-kills';
import { fillTrail, measureQueries, measureWriters } from '../support/scale/trail-load';

jest.setTimeout(180_000);

/** `npm run scale -- trail` does the same at full size. */
describe('a trail in PostgreSQL', () => {
  it('is read by indexes: a page, a rare tenant, a time before the beginning [S-791]', async () => {
    const server = await PostgresServer.start();
    try {
      const url = await server.createDatabase();
      await fillTrail(url, 10_000, 100);
      const figures = await measureQueries(url);
      expect(figures.map(({ found }) => found)).toEqual([50, 1, 0]);
      expect(figures.map(({ sequentialScans }) => sequentialScans)).toEqual([0, 0, 0]);
      const { stored, pages } = await measureWriters(url, 64, 500, true);
      expect([stored > 0, pages > 0]).toEqual([true, true]);
    } finally {
      await server.close();
    }
  });

  it('loses nothing that was acknowledged when its server fails over to a synchronous standby [S-792]', async () => {
    const { acknowledged, lost, state } = await failOver(300);
    expect(acknowledged).toBeGreaterThanOrEqual(300);
    expect(lost).toBe(0);
    expect(['ok', 'unanchored-tail']).toContain(state);
  });

  it('has an intent for every effect when service and database are killed, and is never tampered [N3]', async () => {
    const { effects, effectsWithoutIntent, states } = await killUnderWrites(1);
    expect(effects).toBeGreaterThan(0);
    expect(effectsWithoutIntent).toBe(0);
    expect(states.filter((state) => !['ok', 'unanchored-tail'].includes(state))).toEqual([]);
  });
});
