import { ManualClock } from '../../test/support/manual-clock';
import { UnconfirmedChanges } from './unconfirmed-changes';

const FOR_MS = 10_000;

describe('UnconfirmedChanges [S-784]', () => {
  let clock: ManualClock;
  let changes: UnconfirmedChanges;

  beforeEach(() => {
    clock = new ManualClock();
    changes = new UnconfirmedChanges(clock, FOR_MS);
  });

  /** A change that the store confirms at the given try; without one, never. */
  function repeat(confirmedAt = Number.POSITIVE_INFINITY): jest.Mock {
    let tries = 0;
    const change = jest.fn(async () => {
      tries += 1;
      if (tries < confirmedAt) throw new Error('away');
    });
    changes.repeat(change);
    return change;
  }

  it('are tried again every 200 ms until the store confirms them, and then no more', async () => {
    const one = repeat(3);
    await clock.advance(199);
    expect(one).toHaveBeenCalledTimes(0);
    await clock.advance(1);
    expect(one).toHaveBeenCalledTimes(1);
    await clock.advance(10_000);
    expect(one).toHaveBeenCalledTimes(3);
    expect(clock.sleeping).toEqual([]);
  });

  it('are given up when their time is over', async () => {
    const one = repeat();
    await clock.advance(2 * FOR_MS);
    expect(one).toHaveBeenCalledTimes(FOR_MS / 200);
    expect(clock.sleeping).toEqual([]);
  });

  it('do not wait for each other, and begin again after all were confirmed', async () => {
    const [lost, kept] = [repeat(), repeat(1)];
    await clock.advance(400);
    expect([lost.mock.calls.length, kept.mock.calls.length]).toEqual([2, 1]);
    await clock.advance(FOR_MS);
    const later = repeat(1);
    await clock.advance(200);
    expect(later).toHaveBeenCalledTimes(1);
  });

  it('are a thousand at most', async () => {
    const all = Array.from({ length: 1_001 }, () => repeat(1));
    await clock.advance(200);
    expect(all.filter(({ mock }) => mock.calls.length === 1).length).toBe(1_000);
    expect(all.at(-1)).not.toHaveBeenCalled();
  });

  it('end with the service', async () => {
    const one = repeat();
    await clock.advance(200);
    changes.close();
    await clock.advance(FOR_MS);
    expect(one).toHaveBeenCalledTimes(1);
    expect(clock.sleeping).toEqual([]);
  });
});
