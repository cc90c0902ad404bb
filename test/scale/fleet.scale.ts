import { measureFleet } from '../support/scale/fleet';

const STORM_SECONDS = 60;
const REPLICAS = [1, 3, 6];

jest.setTimeout(10 * 60_000);

it('calls Hubster like one replica, however many there are', async () => {
  const rows: string[] = [];
  const figures = [];
  for (const replicas of REPLICAS) {
    const measured = await measureFleet(replicas, STORM_SECONDS);
    figures.push(measured);
    const { atOnce, calls, lastCallMs } = measured;
    rows.push(`| ${replicas} | ${atOnce} | ${calls} | ${lastCallMs} ms |`);
  }
  const head = [
    `| replicas | calls at once (goal: as with one) | calls in a 503 storm of ${STORM_SECONDS} s (≤ 1.5 × one) | last call after a Retry-After (≤ 100 ms) |`,
    '| --- | --- | --- | --- |',
  ];
  process.stdout.write(`${[...head, ...rows].join('\n')}\n`);
  const [one] = figures;
  for (const { atOnce, calls } of figures) {
    expect(atOnce).toBe(one?.atOnce);
    expect(calls).toBeLessThanOrEqual(1.5 * (one?.calls ?? 0));
  }
});
