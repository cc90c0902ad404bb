import { RedisCluster } from '../support/redis-cluster';
import { RedisSentinels } from '../support/redis-sentinels';
import { createKeyed } from '../support/scale/keyed-creates';

const CREATES = 3_000;
const RUNNING_AT_MOST_MS = 10_000;
const HALF_AN_HOUR = 1_800_000;

const rows: string[] = [];

afterAll(() => {
  const goals = '| goal | | | 0 | 0 | 0 | ≤ 10 s | |';
  const head = [
    '| Redis | creates | reads | failed reads | double | lost | longest 409 | s |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
  ];
  process.stdout.write(`${[...head, ...rows, goals].join('\n')}\n`);
});

it.each([
  [
    'cluster: slot moved, master killed',
    async () => {
      const cluster = await RedisCluster.start();
      const fault = () => cluster.moveSlotOf('{acme}').then(() => cluster.killMasterOf('{acme}'));
      return { url: cluster.endpointUrl, fault, close: () => cluster.close() };
    },
  ],
  [
    'Sentinels: primary killed',
    async () => {
      const sentinels = await RedisSentinels.start();
      return { url: sentinels.url, fault: () => sentinels.failOver(), close: () => sentinels.close() };
    },
  ],
])(
  '%s',
  async (name, start) => {
    const { url, fault, close } = await start();
    const report = await createKeyed({ creates: CREATES, replicas: 3, env: { REDIS_URL: url }, fault }).finally(close);
    const { reads, failedReads, double, lost, longestRunningMs, seconds } = report;
    const figures = [
      CREATES,
      reads,
      failedReads.length,
      double,
      lost,
      `${(longestRunningMs / 1000).toFixed(1)} s`,
      seconds.toFixed(0),
    ];
    rows.push(`| ${[name, ...figures].join(' | ')} |`);
    expect({ failedReads, double, lost }).toEqual({ failedReads: [], double: 0, lost: 0 });
    expect(longestRunningMs).toBeLessThan(RUNNING_AT_MOST_MS);
  },
  HALF_AN_HOUR,
);
