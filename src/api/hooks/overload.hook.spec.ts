import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/log/logger';
import { OverloadHook } from './overload.hook';

const ENOUGH = 256;

describe('OverloadHook [S-869]', () => {
  let clock: ManualClock;
  let load: number;
  let logs: string[];
  let hook: OverloadHook;

  beforeEach(() => {
    clock = new ManualClock(0);
    load = 1;
    logs = [];
    const logger = createLogger({
      level: 'info',
      format: 'json',
      destination: { write: (line) => void logs.push(line) },
    });
    hook = new OverloadHook(clock, logger, () => load);
  });

  /** Periods of 100 ms under the current load. */
  const pass = async (periods: number) => {
    for (let count = 0; count < periods; count += 1) {
      await clock.advance(100);
      hook.check();
    }
  };
  /** Requests of one owner that are offered at once; returns how many are admitted. */
  const offer = (owner: string, count: number): number => {
    let admitted = 0;
    for (let request = 0; request < count; request += 1) {
      if (!hook.admits(owner)) continue;
      admitted += 1;
      hook.begin(owner);
    }
    return admitted;
  };

  it('admits everything until the event loop has been saturated for a second', async () => {
    await pass(9);
    expect(offer('acme', 1000)).toBe(1000);
    await pass(1);
    expect(hook.admits('acme')).toBe(false);
  });

  it('admits 256 at a time then, and more when one of them ends', async () => {
    await pass(10);
    expect(offer('acme', 1000)).toBe(ENOUGH);
    hook.end('acme');
    expect(offer('acme', 10)).toBe(1);
  });

  it('rejects no tenant for others: each has its share, and one request in any case [N2]', async () => {
    await pass(10);
    expect(offer('acme', 1000)).toBe(ENOUGH);
    expect(offer('globex', 1000)).toBe(ENOUGH / 2);
    for (let tenant = 0; tenant < 2 * ENOUGH; tenant += 1) expect(offer(`tenant-${tenant}`, 1)).toBe(1);
    expect(offer('acme', 1)).toBe(0);
  });

  it('admits everything again when the event loop has time, and is not misled by a short pause', async () => {
    await pass(10);
    offer('acme', 1000);
    load = 0.9;
    await pass(1);
    expect(hook.admits('acme')).toBe(false);
    load = 0.7;
    await pass(1);
    expect(hook.admits('acme')).toBe(true);
  });

  it('counts no saturation of less than a second', async () => {
    for (let time = 0; time < 5; time += 1) {
      load = 1;
      await pass(9);
      load = 0.9;
      await pass(1);
    }
    expect(offer('acme', 1000)).toBe(1000);
  });

  it('logs what it rejects once a minute', async () => {
    await pass(10);
    offer('acme', ENOUGH + 5);
    await pass(1);
    offer('acme', 7);
    await pass(10);
    expect(logs).toHaveLength(1);
    expect(JSON.parse(logs[0] ?? '')).toMatchObject({ event: 'server.overloaded', rejected: 5, inProgress: ENOUGH });
    await pass(600);
    expect(JSON.parse(logs[1] ?? '')).toMatchObject({ event: 'server.overloaded', rejected: 7 });
  });
});
