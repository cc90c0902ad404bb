import { BALANCERS, BalancedReplicas } from '../support/balanced-replicas';
import { rollingRestarts } from '../support/scale/rolling-restarts';

jest.setTimeout(1_800_000);

const rows: string[] = [];

afterAll(() => {
  const head = [
    '| balancer | requests | creates | restarts | failed | double | lost | s |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
  ];
  process.stdout.write(`${[...head, ...rows, '| goal | ≥ 50,000 | | ≥ 3 | 0 | 0 | 0 | |'].join('\n')}\n`);
});

it.each(BALANCERS)('a rolling restart of three replicas behind $command', async (balancer) => {
  const balanced = await BalancedReplicas.start(balancer);
  try {
    const { requests, creates, restarts, failures, double, lost, seconds } = await rollingRestarts(balanced, {
      requests: 50_000,
      clients: 16,
    });
    const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
    const figures = [requests, creates, restarts, failed, double, lost, seconds.toFixed(0)];
    rows.push(`| ${[balancer.command, ...figures].join(' | ')} |`);
    expect({ failures, double, lost }).toEqual({ failures: {}, double: 0, lost: 0 });
  } finally {
    await balanced.close();
  }
});
