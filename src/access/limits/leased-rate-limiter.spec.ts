import { ManualClock } from '../../../test/support/manual-clock';
import { type Lease, LeasedRateLimiter } from './leased-rate-limiter';
import { LocalRateLimiter, type Rate, rateOf } from './rate-limiter';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

/** A bucket with the rules of that in Redis; a command takes 2 ms. */
function sharedBucket(rate: Rate) {
  let [tokens, filledAt] = [rate.burst, clock.monotonic()];
  const bucket = { isGone: false, commands: 0 };
  const lease: Lease = async (debt, wanted) => {
    bucket.commands += 1;
    await clock.sleep(2);
    if (bucket.isGone) throw new Error('gone');
    const now = clock.monotonic();
    tokens = Math.min(rate.burst, tokens + ((now - filledAt) * rate.perMinute) / 60_000) - debt;
    filledAt = now;
    const granted = Math.max(0, Math.min(wanted, Math.floor(tokens)));
    tokens -= granted;
    return { granted, left: Math.floor(tokens) };
  };
  return { bucket, lease };
}

function tryTake(limiter: LeasedRateLimiter | LocalRateLimiter): number {
  if (!limiter.hasLeft) return 0;
  limiter.take();
  return 1;
}

describe('LocalRateLimiter', () => {
  it('allows a burst at once and then the rate, and saves no more than the burst', async () => {
    const limiter = new LocalRateLimiter(clock, rateOf(600));
    const takeAll = () => Array.from({ length: 200 }, () => tryTake(limiter)).reduce((sum, one) => sum + one, 0);
    expect(takeAll()).toBe(60);
    await clock.advance(1000);
    expect(takeAll()).toBe(10);
    await clock.advance(3_600_000);
    expect(takeAll()).toBe(60);
  });
});

describe('LeasedRateLimiter', () => {
  it.each([1, 2, 5])(
    'keeps %i replicas under ten times the load to the configured rate within 10 %%',
    async (replicas) => {
      const rate = rateOf(6000);
      const { lease } = sharedBucket(rate);
      const limiters = Array.from({ length: replicas }, () => new LeasedRateLimiter(clock, rate, lease));
      let admitted = 0;
      const minutes = 3;
      for (let tick = 0; tick < minutes * 600; tick += 1) {
        await clock.advance(100);
        for (const limiter of limiters) {
          for (let request = 0; request < 100 / replicas; request += 1) admitted += tryTake(limiter);
        }
      }
      expect(admitted / minutes).toBeGreaterThan(5400);
      expect(admitted / minutes).toBeLessThan(6600);
    },
  );

  it('rejects no request below the rate, on whichever replica it arrives', async () => {
    const rate = rateOf(6000);
    const { lease } = sharedBucket(rate);
    const [one, other] = [new LeasedRateLimiter(clock, rate, lease), new LeasedRateLimiter(clock, rate, lease)];
    for (let second = 0; second < 60; second += 1) {
      const limiter = second % 3 === 0 ? one : other;
      for (let request = 0; request < 90; request += 1) expect(tryTake(limiter)).toBe(1);
      await clock.advance(1000);
    }
  });

  it('leases in the background and not for every request', async () => {
    const rate = rateOf(60_000);
    const { bucket, lease } = sharedBucket(rate);
    const limiter = new LeasedRateLimiter(clock, rate, lease);
    for (let request = 0; request < 1000; request += 1) {
      expect(tryTake(limiter)).toBe(1);
      if (request % 10 === 0) await clock.advance(10);
    }
    expect(bucket.commands).toBeLessThan(20);
  });

  it('adds no burst for one lost lease: under ten times the load the rate is kept within 10 %', async () => {
    const rate = rateOf(1200);
    const { bucket, lease } = sharedBucket(rate);
    const replicas = [new LeasedRateLimiter(clock, rate, lease), new LeasedRateLimiter(clock, rate, lease)];
    let admitted = 0;
    const load = async (ticks: number) => {
      for (let tick = 0; tick < ticks; tick += 1) {
        for (const replica of replicas) {
          for (let request = 0; request < 10; request += 1) admitted += tryTake(replica);
        }
        await clock.advance(100);
      }
    };
    for (let minute = 0; minute < 3; minute += 1) {
      await load(25);
      bucket.isGone = true;
      await load(2);
      bucket.isGone = false;
      await load(23);
    }
    const configured = rate.burst + (rate.perMinute / 60) * 15;
    expect(admitted).toBeGreaterThan(configured * 0.9);
    expect(admitted).toBeLessThan(configured * 1.1);
  });

  it('rejects no request for a lost lease under low load', async () => {
    const rate = rateOf(600);
    const { bucket, lease } = sharedBucket(rate);
    const limiter = new LeasedRateLimiter(clock, rate, lease);
    for (let second = 0; second < 30; second += 1) {
      bucket.isGone = second % 5 === 3;
      for (let request = 0; request < 9; request += 1) expect(tryTake(limiter)).toBe(1);
      await clock.advance(1000);
    }
  });

  it('applies the whole limit alone while the bucket is unavailable, and returns to it without saved tokens', async () => {
    const rate = rateOf(600);
    const { bucket, lease } = sharedBucket(rate);
    bucket.isGone = true;
    const limiter = new LeasedRateLimiter(clock, rate, lease);
    let admitted = 0;
    for (let tick = 0; tick < 1200; tick += 1) {
      for (let request = 0; request < 5; request += 1) admitted += tryTake(limiter);
      await clock.advance(100);
    }
    expect(admitted / 2).toBeGreaterThan(540);
    expect(admitted / 2).toBeLessThan(690);
    await clock.advance(60_000);
    bucket.isGone = false;
    const before = bucket.commands;
    for (let tick = 0; tick < 50; tick += 1) {
      await clock.advance(100);
      tryTake(limiter);
    }
    expect(bucket.commands).toBeGreaterThan(before);
    // The shared bucket was full: tokens that were filled by time do not add to it.
    expect(limiter.remaining).toBeLessThanOrEqual(rate.burst);
    expect(limiter.remaining).toBeGreaterThan(0);
  });
});
