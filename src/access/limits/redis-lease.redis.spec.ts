import { ManualClock } from '../../../test/support/manual-clock';
import { RedisServer } from '../../../test/support/redis-server';
import { LeasedRateLimiter } from './leased-rate-limiter';
import { rateOf } from './rate';
import { redisLease } from './redis-lease';

/** So slow that no token is refilled during the test. */
const RATE = { perMinute: 0.0001, burst: 10 };

describe('redisLease', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => {
    await server.close();
  });

  it('grants all replicas together the tokens of the bucket, and no more', async () => {
    const [one, other] = [await server.connect(), await server.connect()];
    expect(await redisLease(one, 'tenant:acme', RATE)(0, 8)).toEqual({ granted: 8, left: 2 });
    expect(await redisLease(other, 'tenant:acme', RATE)(0, 8)).toEqual({ granted: 2, left: 0 });
    expect(await redisLease(one, 'tenant:acme', RATE)(0, 8)).toEqual({ granted: 0, left: 0 });
    expect(await redisLease(one, 'tenant:globex', RATE)(0, 8)).toEqual({ granted: 8, left: 2 });
  });

  it('always takes a debt, and grants nothing until it is repaid', async () => {
    const lease = redisLease(await server.connect(), 'tenant:debtor', RATE);
    expect(await lease(15, 3)).toEqual({ granted: 0, left: -5 });
    expect(await lease(0, 1)).toEqual({ granted: 0, left: -5 });
  });

  it('counts exactly at the largest limit', async () => {
    const { burst } = rateOf(1_000_000_000);
    const lease = redisLease(await server.connect(), 'tenant:largest', { ...RATE, burst });
    for (let taken = 1; taken <= 100; taken += 1)
      expect(await lease(0, 1)).toEqual({ granted: 1, left: burst - taken });
    expect(await lease(0.25, 1)).toEqual({ granted: 1, left: burst - 102 });
  });

  it('refills by the clock of Redis', async () => {
    const lease = redisLease(await server.connect(), 'tenant:quick', { perMinute: 60_000_000, burst: 10 });
    await lease(0, 10);
    expect((await lease(0, 10)).granted).toBeGreaterThan(0);
  });

  it('rejects no request for an invalid reply of Redis: the process applies the limit alone', async () => {
    const clock = new ManualClock();
    await server.send('SET stagedoor:{tenant:odd}:limit nonsense');
    const rate = rateOf(10);
    const limiter = new LeasedRateLimiter(clock, rate, redisLease(await server.connect(), 'tenant:odd', rate));
    let admitted = 0;
    for (let request = 0; request < 30; request += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!limiter.hasLeft) continue;
      limiter.take();
      admitted += 1;
    }
    expect(admitted).toBeGreaterThanOrEqual(10);
  });
});
