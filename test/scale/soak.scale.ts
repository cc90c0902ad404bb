import { join } from 'node:path';
import { drawDashboard, panelsOfDashboard } from '../support/metrics/dashboard-picture';
import { ROOT } from '../support/repository';
import { type Raised, soak } from '../support/scale/soak';

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 600);
const MIB = 2 ** 20;

it(
  'ten minutes with faults of Redis, database and Hubster [S-860]',
  async () => {
    const sizes = { seconds: SECONDS, requestsPerSecond: 60, calmSeconds: 15 };
    const report = await soak(sizes, async (prometheus, from) => {
      const to = Date.now() / 1000;
      const panels = await panelsOfDashboard(prometheus, from, to);
      // The first rounds are enough for a picture.
      const until = Math.min(to, from + 180);
      await drawDashboard(
        await panelsOfDashboard(prometheus, from, until),
        from,
        until,
        join(ROOT, 'docs/dashboard.png'),
      );
      process.stdout.write(`\n${panels.length} panels of the dashboard, drawn to docs/dashboard.png\n`);
    });
    process.stdout.write(`${tableOf(report.raised)}\n\n`);
    const rows = report.footprints.map(({ heapUsed, rss, handles, listeners }, round) =>
      [round + 1, `${(heapUsed / MIB).toFixed(1)} MiB`, `${(rss / MIB).toFixed(0)} MiB`, handles, listeners].join(
        ' | ',
      ),
    );
    const head = '| round | heap | resident | handles | listeners |\n| --: | --: | --: | --: | --: |';
    process.stdout.write(`${head}\n${rows.map((row) => `| ${row} |`).join('\n')}\n\n`);
    const statuses = [...report.statuses].sort().map(([status, count]) => `${status}: ${count}`);
    process.stdout.write(`${report.requests} requests; ${statuses.join(', ')}\n`);

    expect(report.before).toEqual([]);
    expect({ complaints: report.complaints, exits: report.exits }).toEqual({ complaints: [], exits: [0, 0] });
    const [first, last] = [report.footprints.at(1), report.footprints.at(-1)];
    if (!first || !last) throw new Error('there was one round only');
    expect(last.heapUsed).toBeLessThan(first.heapUsed + 8 * MIB);
    expect(last.rss).toBeLessThan(first.rss + 40 * MIB);
    expect(last.handles).toBeLessThanOrEqual(first.handles + 10);
    expect(last.listeners).toBeLessThanOrEqual(first.listeners * 1.1 + 100);
  },
  (SECONDS + 900) * 1000,
);

/** The longest and the shortest time of each alert over all rounds. */
function tableOf(raised: readonly Raised[]): string {
  const keys = [...new Set(raised.map(({ fault, alert }) => `${fault} | ${alert}`))];
  const rows = keys.map((key) => {
    const all = raised.filter(({ fault, alert }) => `${fault} | ${alert}` === key);
    const span = (of: 'firedAfter' | 'resolvedAfter') => {
      const seconds = all.map((one) => one[of]);
      return `${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)} s`;
    };
    return `| ${key} | ${all.length} | ${span('firedAfter')} | ${span('resolvedAfter')} |`;
  });
  return `| fault | alert | times | fired after | resolved after the end |\n| --- | --- | --: | --- | --- |\n${rows.join('\n')}`;
}
