import { ManualClock } from '../../../test/support/manual-clock';
import { Deadline } from '../../context/request-context';
import { LoadQueue } from './load-queue';

const OVERLOADED = new Error('overloaded');

/** A load that the test ends. */
interface OpenLoad {
  isRunning: boolean;
  tries: number;
  end: (error?: Error) => void;
  result?: string;
}

describe('LoadQueue [S-880, N2, N6]', () => {
  let clock: ManualClock;
  let queue: LoadQueue;

  beforeEach(() => {
    clock = new ManualClock();
    queue = new LoadQueue(clock);
  });

  function start({ tenant = 'acme', ms = 8_000, abandoned = new AbortController().signal } = {}): OpenLoad {
    const open: OpenLoad = { isRunning: false, tries: 0, end: () => undefined };
    const load = () =>
      new Promise<string>((resolve, reject) => {
        open.isRunning = true;
        open.tries += 1;
        open.end = (error) => {
          open.isRunning = false;
          if (error) reject(error);
          else resolve('loaded');
        };
      });
    const isOverload = (error: unknown) => error === OVERLOADED;
    queue.run({ tenant, deadline: Deadline.after(clock, ms), abandoned, load, isOverload }).then(
      (result) => {
        open.result = result;
      },
      (error: Error) => {
        open.result = error.message;
      },
    );
    return open;
  }
  const startMany = (count: number, options = {}) => Array.from({ length: count }, () => start(options));
  const running = (loads: readonly OpenLoad[]) => loads.map(({ isRunning }) => isRunning).lastIndexOf(true) + 1;

  it('runs 20 loads of a tenant at once, and the others in their order, whatever the outcome', async () => {
    const loads = startMany(23);
    expect(running(loads)).toBe(20);
    loads[0]?.end();
    loads[1]?.end(new Error('failed'));
    await clock.advance(0);
    expect([running(loads), loads[0]?.result, loads[1]?.result]).toEqual([22, 'loaded', 'failed']);
    for (const load of loads) load.end();
    await clock.advance(0);
    for (const load of loads) load.end();
    await clock.advance(0);
    expect(loads.every(({ result }) => result !== undefined)).toBe(true);
    expect(running(startMany(25))).toBe(20);
  });

  it('lets no tenant wait for another', () => {
    startMany(100);
    expect(running(startMany(20, { tenant: 'globex' }))).toBe(20);
  });

  it('repeats a load that Hubster had no slot for, until 3 s of the deadline are left', async () => {
    const load = start();
    for (let tries = 1; tries <= 50; tries += 1) {
      expect([load.tries, load.result]).toEqual([tries, undefined]);
      load.end(OVERLOADED);
      await clock.advance(100);
    }
    load.end(OVERLOADED);
    await clock.advance(100);
    expect([load.tries, load.result]).toEqual([51, 'overloaded']);
  });

  it('begins all the same when 3 s of the deadline are left, or when all callers have left', async () => {
    startMany(20);
    const leaving = new AbortController();
    const [late, left, hurried] = [start(), start({ abandoned: leaving.signal }), start({ ms: 3_000 })];
    await clock.advance(0);
    expect([late.isRunning, left.isRunning, hurried.isRunning]).toEqual([false, false, true]);
    leaving.abort();
    await clock.advance(4_999);
    expect([late.isRunning, left.isRunning]).toEqual([false, true]);
    await clock.advance(1);
    expect(late.isRunning).toBe(true);
    late.end(OVERLOADED);
    await clock.advance(0);
    expect(late.result).toBe('overloaded');
  });

  it('lets 5,000 loads of all tenants wait', async () => {
    const loads = ['acme', 'globex'].flatMap((tenant) => startMany(2_520, { tenant }));
    const more = start();
    await clock.advance(0);
    expect([loads.filter(({ isRunning }) => isRunning).length, more.isRunning]).toEqual([40, true]);
  });
});
