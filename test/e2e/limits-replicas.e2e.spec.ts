import { Metrics } from '../../src/observability/metrics/metrics';
import { ManualClock } from '../support/manual-clock';
import { RedisServer } from '../support/redis-server';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

const PER_MINUTE = 300;
const BURST = PER_MINUTE / 10;
/** Longer than a replica waits before it calls Redis again. */
const TICK_MS = 200;
const TICKS = 100;
/** Both replicas together receive ten times as many requests as the limit allows. */
const REQUESTS_A_TICK = ((PER_MINUTE / 60_000) * TICK_MS * 10) / 2;
/** The length of the soak test in real time; without it the test is left out. */
const SOAK_SECONDS = Number(process.env['LIMITS_SECONDS'] ?? 0);

interface Counts {
  admitted: number;
  rejected: number;
  /** Responses other than 200 to the tenant without a limit. */
  other: number;
}

describe('a limit that two replicas share [N2]', () => {
  let redis: RedisServer;
  let replicas: readonly Stagedoor[] = [];
  let counts: Counts;

  beforeEach(async () => {
    redis = await RedisServer.start();
    counts = { admitted: 0, rejected: 0, other: 0 };
  });
  afterEach(async () => {
    redis.resume();
    for (const replica of [...replicas].reverse()) await replica.close();
    await redis.stop();
  });

  async function start(clock?: ManualClock): Promise<void> {
    const setup = {
      limits: { acme: PER_MINUTE },
      env: { REDIS_URL: redis.url, LOG_LEVEL: 'silent' },
      ...(clock && { clock }),
    };
    const first = await startStagedoor(setup);
    replicas = [first, await startStagedoor({ ...setup, sandbox: first.sandbox })];
  }

  async function load(replica: Stagedoor, requests: number): Promise<void> {
    const statuses = await Promise.all(Array.from({ length: requests }, () => statusOf(replica, 'acme-app')));
    counts.admitted += statuses.filter((status) => status === 200).length;
    counts.rejected += statuses.filter((status) => status === 429).length;
    if ((await statusOf(replica, 'globex-app')) !== 200) counts.other += 1;
  }

  function expectWithin(seconds: number): void {
    const configured = BURST + (PER_MINUTE / 60) * seconds;
    expect(counts.rejected).toBeGreaterThan(0);
    expect(counts.admitted).toBeLessThan(configured * 1.1);
    expect(counts.admitted).toBeGreaterThan(configured * 0.9);
    expect(counts.other).toBe(0);
  }

  it.each([
    ['while Redis works', []],
    ['though Redis is slow three times', [20, 50, 80]],
  ])('admits the configured rate within 10 %%, %s, and does not affect another tenant', async (_when, slowTicks) => {
    const clock = new ManualClock();
    await start(clock);
    // The bucket is filled by the clock of Redis, which advances in real time as well.
    const began = Date.now();
    for (let tick = 0; tick < TICKS; tick += 1) {
      const isSlow = slowTicks.some((slow) => tick === slow);
      const failures = await Promise.all(replicas.map(failuresOf));
      if (isSlow) redis.pause();
      for (const replica of replicas) await load(replica, REQUESTS_A_TICK);
      while (isSlow && (await Promise.all(replicas.map(failuresOf))).some((now, index) => now === failures[index])) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      redis.resume();
      await redis.send(`HINCRBYFLOAT stagedoor:{tenant:acme}:limit filledAt -${TICK_MS}`);
      await clock.advance(TICK_MS);
    }
    expectWithin((TICKS * TICK_MS + Date.now() - began) / 1000);
  });

  if (SOAK_SECONDS > 0) {
    it(`admits the configured rate within 10 %, for ${SOAK_SECONDS} s`, async () => {
      await start();
      const began = performance.now();
      const elapsed = () => (performance.now() - began) / 1000;
      const worker = async (replica: Stagedoor) => {
        while (elapsed() < SOAK_SECONDS) await load(replica, 2);
      };
      await Promise.all(replicas.map(worker));
      process.stdout.write(`${JSON.stringify({ ...counts, elapsed: elapsed() })}\n`);
      expectWithin(elapsed());
    }, 600_000);
  }
});

async function statusOf(replica: Stagedoor, caller: string): Promise<number> {
  const response = await fetch(`${replica.url}/api/v1/me`, { headers: { 'x-api-key': replica.keyOf(caller) } });
  await response.arrayBuffer();
  return response.status;
}

/** How many Redis commands of the replica have failed. */
async function failuresOf(replica: Stagedoor): Promise<number> {
  const text = await replica.app.get(Metrics).registry.metrics();
  return Number(/redis_commands_total\{result="failed"\} (\d+)/.exec(text)?.[1] ?? 0);
}
