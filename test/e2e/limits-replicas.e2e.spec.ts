import { RedisServer } from '../support/redis-server';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

const PER_MINUTE = 1200;
const BURST = PER_MINUTE / 10;
/** How long the load goes on; the figure of the issue was measured with LIMITS_SECONDS=60. */
const SECONDS = Number(process.env['LIMITS_SECONDS'] ?? 5);
/**
 * In a short run one burst more is allowed: on a busy machine a replica may find Redis slow for a moment and be on its own.
 * Two replicas that shared nothing would admit twice as much, so that is still told apart.
 */
const SLACK = process.env['LIMITS_SECONDS'] ? 0 : BURST;

describe('a limit that two replicas share (design 6, N2)', () => {
  let redis: RedisServer;
  let replicas: readonly [Stagedoor, Stagedoor];

  beforeAll(async () => {
    redis = await RedisServer.start();
    const setup = { limits: { acme: PER_MINUTE }, env: { REDIS_URL: redis.url, LOG_LEVEL: 'silent' } };
    const first = await startStagedoor(setup);
    replicas = [first, await startStagedoor({ ...setup, sandbox: first.sandbox })];
  });
  afterAll(async () => {
    for (const replica of [...replicas].reverse()) await replica.close();
    await redis.stop();
  });

  it(`admits what is configured within 10 %, however long (${SECONDS} s), and leaves another tenant alone`, async () => {
    const start = performance.now();
    const isOver = () => performance.now() - start > SECONDS * 1000;
    const counts = { admitted: 0, refused: 0, other: 0 };
    const load = async (replica: Stagedoor) => {
      while (!isOver()) {
        const statuses = await Promise.all([statusOf(replica, 'acme-app'), statusOf(replica, 'acme-app')]);
        counts.admitted += statuses.filter((status) => status === 200).length;
        counts.refused += statuses.filter((status) => status === 429).length;
        if ((await statusOf(replica, 'globex-app')) !== 200) counts.other += 1;
      }
    };
    await Promise.all(replicas.map(load));
    const elapsed = (performance.now() - start) / 1000;
    const configured = BURST + (PER_MINUTE / 60) * elapsed;
    if (process.env['LIMITS_SECONDS']) process.stdout.write(`${JSON.stringify({ ...counts, elapsed })}\n`);
    expect(counts.refused).toBeGreaterThan(0);
    expect(counts.admitted).toBeLessThan(configured * 1.1 + SLACK);
    expect(counts.admitted).toBeGreaterThan(configured * 0.9);
    expect(counts.other).toBe(0);
  }, 120_000);
});

async function statusOf(replica: Stagedoor, caller: string): Promise<number> {
  const answer = await fetch(`${replica.url}/api/v1/me`, { headers: { 'x-api-key': replica.keyOf(caller) } });
  await answer.arrayBuffer();
  return answer.status;
}
