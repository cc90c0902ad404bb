import { withConnection } from '../../src/audit/postgres/connect';
import { Secret } from '../../src/secrets/secret';
import { PostgresServer } from '../support/postgres-server';
import { failOver } from '../support/scale/trail-failover';
import { killUnderWrites } from '../support/scale/trail-kills';
import { fillTrail, measureQueries, measureWriters } from '../support/scale/trail-load';

const RECORDS = Number(process.env['TRAIL_RECORDS'] ?? 1_000_000);
const TENANTS = 1000;
const KILLS = Number(process.env['TRAIL_KILLS'] ?? 50);
const WRITERS = 64;
const WRITING_MS = 10_000;
const ROUNDS = 3;

jest.setTimeout(3 * 60 * 60_000);

const rows: (readonly [what: string, seen: string, goal: string])[] = [];

afterAll(() => {
  const lines = ['| audit trail in PostgreSQL | seen | goal |', '| --- | --- | --- |'];
  process.stdout.write(`${[...lines, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')}\n`);
});

describe('a trail in PostgreSQL', () => {
  it(`of ${RECORDS} records is read by indexes, and written beside its readers [S-791]`, async () => {
    const server = await PostgresServer.start({ isDurable: true });
    try {
      const url = await server.createDatabase();
      const filled = await fillTrail(url, RECORDS, TENANTS);
      rows.push([`${RECORDS} records of ${TENANTS} tenants stored in batches of 500`, `${filled.toFixed(0)}/s`, '–']);
      for (const { query, found, ms, sequentialScans } of await measureQueries(url)) {
        rows.push([`${query} (${found} events)`, `${ms.toFixed(1)} ms`, '≤ 50 ms']);
        expect(sequentialScans).toBe(0);
      }
      const alone: number[] = [];
      const beside: number[] = [];
      let pages = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        alone.push((await measureWriters(url, WRITERS, WRITING_MS, false)).perSecond);
        const read = await measureWriters(url, WRITERS, WRITING_MS, true);
        beside.push(read.perSecond);
        pages += read.pages;
      }
      const [most, least] = [median(alone), median(beside)];
      rows.push([`${WRITERS} writers`, `${most.toFixed(0)} records/s`, '≥ 5,000']);
      const slower = `${(100 * (1 - least / most)).toFixed(0)} % slower, ${pages} pages read`;
      rows.push([`${WRITERS} writers beside a tenant that reads without a pause`, slower, '≤ 10 %']);
      const [row] = await withConnection(
        { url: Secret.of(url) },
        async (client) => (await client.query('SELECT count(*)::int AS count FROM stagedoor.audit_lines')).rows,
      );
      expect(row?.count).toBeGreaterThan(RECORDS);
    } finally {
      await server.close();
    }
  });

  it('loses nothing that was acknowledged when its server fails over to a synchronous standby [S-792]', async () => {
    const { acknowledged, lost, state } = await failOver(20_000);
    rows.push(['failover to a synchronous standby', `${lost} of ${acknowledged} acknowledged records lost`, '0']);
    expect(lost).toBe(0);
    expect(state).not.toBe('tampered');
  });

  it(`has an intent for every effect when service and database are killed ${KILLS} times each [N3]`, async () => {
    const { effects, effectsWithoutIntent, states } = await killUnderWrites(KILLS);
    const seen = `${effectsWithoutIntent} of ${effects} effects without intent, ${[...new Set(states)].join(', ')}`;
    rows.push([`service and database killed ${KILLS} times each`, seen, '0, never tampered']);
    expect(effectsWithoutIntent).toBe(0);
    expect(states).not.toContain('tampered');
  });
});

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
