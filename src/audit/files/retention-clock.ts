import { MAX_STEP_BACK_MS } from '../chain/chain-id';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** How long a service may be stopped before that time counts as a jump of the clock. */
const MAX_GAP_MS = 3 * MS_OF_A_DAY;
/** How long the clock has to run without another jump before it is trusted again. */
const STEADY_MS = 7 * MS_OF_A_DAY;

/** The times of a trail when its last chain was opened, in milliseconds since the epoch. */
export interface TrailTime {
  readonly openedAt: number;
  readonly lastLineAt: number;
  readonly retentionClock: number;
  readonly steadySince: number;
}

export interface RetentionTime {
  /** The time that retention counts from. If it is ahead of the clock, retention uses the clock. */
  readonly retentionClock: number;
  readonly steadySince: number;
  readonly isJump: boolean;
}

/**
 * The time that retention counts from: the clock, as far as the trail confirms it. A clock that jumps is trusted only when it has
 * run for a week since; otherwise one line with a wrong time would remove the trail.
 * @param ranMs how long this process has run since its last opening: time that was measured, not read from the clock
 */
export function retentionTime(now: number, last: TrailTime | undefined, ranMs: number): RetentionTime {
  if (!last) return { retentionClock: now, steadySince: now, isJump: false };
  const believableMs = Math.max(ranMs, MAX_GAP_MS);
  const isJump = now - last.lastLineAt > believableMs || last.lastLineAt - now > MAX_STEP_BACK_MS;
  if (isJump) return { retentionClock: last.retentionClock, steadySince: now, isJump };
  const { steadySince } = last;
  if (now - steadySince >= STEADY_MS) return { retentionClock: now, steadySince, isJump };
  const passedMs = Math.max(0, Math.min(now - last.openedAt, believableMs + MS_OF_A_DAY));
  const isBehind = last.retentionClock < now;
  const retentionClock = isBehind ? Math.min(now, last.retentionClock + passedMs) : last.retentionClock;
  return { retentionClock, steadySince, isJump };
}
