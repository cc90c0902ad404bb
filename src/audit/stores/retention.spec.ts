import { retentionTime, type TrailTime } from './retention';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 1);

/** A trail that was in order up to an instant. */
const until = (instant: number, more: Partial<TrailTime> = {}): TrailTime => ({
  ...{ openedAt: instant - HOUR, lastLineAt: instant, retentionClock: instant - HOUR, steadySince: instant - HOUR },
  ...more,
});

describe('retentionTime', () => {
  it('is the clock for a new trail, and follows a clock without jumps', () => {
    expect(retentionTime(NOW, undefined, 0)).toEqual({ retentionClock: NOW, steadySince: NOW, isJump: false });
    expect(retentionTime(NOW, until(NOW - 2 * DAY), 0)).toMatchObject({ retentionClock: NOW, isJump: false });
  });

  it('follows the clock of a process without records for months, as that has measured the time', () => {
    expect(retentionTime(NOW, until(NOW - 90 * DAY), 90 * DAY + HOUR)).toMatchObject({
      retentionClock: NOW,
      isJump: false,
    });
  });

  it.each([
    ['forwards', NOW + 500 * DAY],
    ['forwards by four days', NOW + 4 * DAY],
    ['backwards', NOW - 2 * HOUR],
  ])('does not follow a jump %s', (_where, clock) => {
    expect(retentionTime(clock, until(NOW), 0)).toEqual({
      retentionClock: NOW - HOUR,
      steadySince: clock,
      isJump: true,
    });
  });

  it('moves by the elapsed time after a jump, and trusts the clock when it has run for a week', () => {
    let last = until(NOW);
    const clocks: number[] = [];
    for (let day = 0; day <= 7; day += 1) {
      const now = NOW + (500 + day) * DAY;
      const { retentionClock, steadySince } = retentionTime(now, last, 0);
      clocks.push(retentionClock - NOW + HOUR);
      last = { openedAt: now, lastLineAt: now + DAY - 1, retentionClock, steadySince };
    }
    expect(clocks.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6].map((day) => day * DAY));
    expect(clocks[7]).toBe(507 * DAY + HOUR);
  });

  it('is not moved ahead by frequent openings', () => {
    let last = until(NOW);
    for (let restart = 0; restart < 1000; restart += 1) {
      const now = NOW + 500 * DAY + restart;
      const { retentionClock, steadySince } = retentionTime(now, last, 0);
      last = { openedAt: now, lastLineAt: now, retentionClock, steadySince };
    }
    expect(last.retentionClock).toBeLessThan(NOW);
  });

  it('is not moved back by a clock that starts in 1970', () => {
    const { retentionClock } = retentionTime(0, until(NOW), 0);
    expect(retentionClock).toBe(NOW - HOUR);
  });
});
