import { ManualClock } from '../../../test/support/manual-clock';
import { type Lease, LeasedAllowance } from './leased-allowance';
import { LocalAllowance } from './local-allowance';
import { type Rate, rateOf } from './rate';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

/** The bucket in Redis, by the same rules, a command taking 2 ms. */
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

function tryTake(allowance: LeasedAllowance | LocalAllowance): number {
  if (!allowance.hasLeft) return 0;
  allowance.take();
  return 1;
}

describe('LocalAllowance', () => {
  it('lets a burst go at once and then the rate, never saving up more than the burst', async () => {
    const allowance = new LocalAllowance(clock, rateOf(600));
    const takeAll = () => Array.from({ length: 200 }, () => tryTake(allowance)).reduce((sum, one) => sum + one, 0);
    expect(takeAll()).toBe(60);
    await clock.advance(1000);
    expect(takeAll()).toBe(10);
    await clock.advance(3_600_000);
    expect(takeAll()).toBe(60);
  });
});

describe('LeasedAllowance', () => {
  it.each([1, 2, 5])(
    '%i replicas under ten times the load admit the configured rate within 10 %%',
    async (replicas) => {
      const rate = rateOf(6000);
      const { lease } = sharedBucket(rate);
      const allowances = Array.from({ length: replicas }, () => new LeasedAllowance(clock, rate, lease));
      let admitted = 0;
      const minutes = 3;
      for (let tick = 0; tick < minutes * 600; tick += 1) {
        await clock.advance(100);
        for (const allowance of allowances) {
          for (let request = 0; request < 100 / replicas; request += 1) admitted += tryTake(allowance);
        }
      }
      expect(admitted / minutes).toBeGreaterThan(5400);
      expect(admitted / minutes).toBeLessThan(6600);
    },
  );

  it('refuses nobody below the rate, wherever the requests arrive', async () => {
    const rate = rateOf(6000);
    const { lease } = sharedBucket(rate);
    const [one, other] = [new LeasedAllowance(clock, rate, lease), new LeasedAllowance(clock, rate, lease)];
    for (let second = 0; second < 60; second += 1) {
      const allowance = second % 3 === 0 ? one : other;
      for (let request = 0; request < 90; request += 1) expect(tryTake(allowance)).toBe(1);
      await clock.advance(1000);
    }
  });

  it('asks in the background and not for every request', async () => {
    const rate = rateOf(60_000);
    const { bucket, lease } = sharedBucket(rate);
    const allowance = new LeasedAllowance(clock, rate, lease);
    for (let request = 0; request < 1000; request += 1) {
      expect(tryTake(allowance)).toBe(1);
      if (request % 10 === 0) await clock.advance(10);
    }
    expect(bucket.commands).toBeLessThan(20);
  });

  it('keeps the whole limit alone while the bucket is gone, and goes back to it', async () => {
    const rate = rateOf(600);
    const { bucket, lease } = sharedBucket(rate);
    bucket.isGone = true;
    const allowance = new LeasedAllowance(clock, rate, lease);
    let admitted = 0;
    for (let tick = 0; tick < 1200; tick += 1) {
      for (let request = 0; request < 5; request += 1) admitted += tryTake(allowance);
      await clock.advance(100);
    }
    expect(admitted / 2).toBeGreaterThan(540);
    expect(admitted / 2).toBeLessThan(690);
    bucket.isGone = false;
    const before = bucket.commands;
    for (let tick = 0; tick < 50; tick += 1) {
      await clock.advance(100);
      tryTake(allowance);
    }
    expect(bucket.commands).toBeGreaterThan(before);
    expect(allowance.remaining).toBeGreaterThan(0);
  });
});
