import { ManualClock } from '../../../test/support/manual-clock';
import { UnauthenticatedThrottle } from './record-throttle';

function setup() {
  const clock = new ManualClock();
  const summaries: [string, number][] = [];
  const throttle = new UnauthenticatedThrottle(clock, (address, count) => summaries.push([address, count]));
  const lines = (address: string, times: number) =>
    Array.from({ length: times }, () => throttle.admit(address)).filter(Boolean).length;
  return { clock, throttle, summaries, lines };
}

describe('UnauthenticatedThrottle', () => {
  it('admits 60 lines a minute of each address, then one with the count', async () => {
    const { clock, summaries, lines } = setup();
    expect(lines('10.0.0.1', 100)).toBe(60);
    expect(lines('10.0.0.2', 60)).toBe(60);
    expect(summaries).toEqual([]);
    await clock.advance(60_000);
    expect(summaries).toEqual([['10.0.0.1', 40]]);
    expect(lines('10.0.0.1', 100)).toBe(60);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:2::/64'],
    ['2001:DB8::1', '2001:db8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80::2', 'fe80:0:0:0::/64'],
    ['::ffff:10.0.0.1', '10.0.0.1', '10.0.0.1'],
  ])('counts %s and %s as one address', (one, other, network) => {
    const { throttle, summaries, lines } = setup();
    expect(lines(one, 60) + lines(other, 60)).toBe(60);
    throttle.close();
    expect(summaries).toEqual([[network, 60]]);
  });

  it('admits a bounded number of lines of many addresses, and loses no count', async () => {
    const { clock, summaries, throttle } = setup();
    let lines = 0;
    for (let index = 0; index < 100_000; index += 1)
      if (throttle.admit(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)) lines += 1;
    expect(lines).toBeLessThanOrEqual(3000);
    await clock.advance(60_000);
    expect(summaries.length).toBeLessThanOrEqual(1001);
    expect(summaries.reduce((sum, [, count]) => sum + count, lines)).toBe(100_000);
  });

  it('admits 3,000 lines a minute of all addresses', async () => {
    const { clock, summaries, lines } = setup();
    let admitted = 0;
    for (let index = 0; index < 100; index += 1) admitted += lines(`10.0.1.${index}`, 60);
    expect(admitted).toBe(3000);
    await clock.advance(60_000);
    expect(summaries.reduce((sum, [, count]) => sum + count, 0)).toBe(3000);
    expect(lines('10.0.1.99', 60)).toBe(60);
  });

  it('summarises its counts when it closes, and leaves no timer', () => {
    const { clock, throttle, summaries, lines } = setup();
    lines('10.0.0.1', 61);
    throttle.close();
    expect(summaries).toEqual([['10.0.0.1', 1]]);
    expect(clock.sleeping).toEqual([]);
  });
});
