import { type LoadStep, overload } from '../support/scale/overload';

const ONE_HOUR = 3_600_000;

const rowOf = (name: string, { perSecond, seconds, ok, rejected, failed, unsent, okP99Ms, rejectedP99Ms }: LoadStep) =>
  [
    name,
    perSecond,
    Math.round(ok / seconds),
    Math.round(rejected / seconds),
    Math.round(failed / seconds),
    Math.round(unsent / seconds),
    okP99Ms.toFixed(1),
    rejectedP99Ms.toFixed(1),
  ].join(' | ');

it(
  'a process with five times the load that it can serve',
  async () => {
    const sizes = { tenants: 20, perSecond: 1000, stepSeconds: 5, overloadSeconds: 20, maxConnections: 1000 };
    const result = await overload(sizes);
    const { steps, peak, overload: step, goodput, recovery, probes } = result;
    const seconds = recovery.length;
    const rows = [
      '| load | offered/s | ok/s | 503/s | failed/s | unsent/s | ok p99 ms | 503 p99 ms |',
      '|---|--:|--:|--:|--:|--:|--:|--:|',
      ...steps.map((one) => `| ${rowOf('search', one)} |`),
      `| ${rowOf('five times', step)} |`,
      ...recovery.map((one) => `| ${rowOf('half', one)} |`),
      '',
      '| what | result | goal |',
      '|---|--:|--:|',
      `| peak, ok/s | ${Math.round(peak)} | |`,
      `| goodput at five times | ${(goodput * 100).toFixed(0)} % | ≥ 80 % |`,
      `| 503, p99 | ${step.rejectedP99Ms.toFixed(1)} ms | < 20 ms |`,
      `| back to normal | ${seconds} s | ≤ 10 s |`,
      `| probes by status | ${JSON.stringify(probes)} | only 200 |`,
    ];
    process.stdout.write(`\n${rows.join('\n')}\n`);
    expect(Object.keys(probes)).toEqual(['200']);
    expect(step.retryAfter).toBe(step.rejected);
    expect(seconds).toBeLessThanOrEqual(10);
  },
  ONE_HOUR,
);
