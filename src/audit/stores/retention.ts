import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log/log-events';
import type { Logger } from '../../observability/log/logger';
import { reasonOf } from '../audit-store';
import { MAX_STEP_BACK_MS } from '../chain/chain';
import type { Opening } from '../chain/opening';
import { chainsBefore, removeChains, type TrailLocation } from './trail-directory';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** Chains that are removed at a time; the rest is left to the next opening. */
const MAX_REMOVED = 100;
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

/**
 * The time that retention counts from: the clock, as far as the trail confirms it. A clock that jumps is trusted only when it has
 * run for a week since; otherwise one line with a wrong time would remove the trail.
 * If `retentionClock` is ahead of the clock, retention uses the clock.
 * @param ranMs how long this process has run since its last opening: time that was measured, not read from the clock
 */
export function retentionTime(
  now: number,
  last: TrailTime | undefined,
  ranMs: number,
): Pick<TrailTime, 'retentionClock' | 'steadySince'> & { readonly isJump: boolean } {
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

/** Removes chains that are older than the retention, unless the clock may be wrong. */
export class Retention {
  /** When the last chain of this process was opened, on the monotonic clock. */
  #openedAt: number | undefined;
  #current: Pick<TrailTime, 'openedAt' | 'retentionClock' | 'steadySince'> | undefined;

  constructor(
    private readonly location: TrailLocation,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** The times of the trail for a chain of this process, given that of its last line. */
  timeAt(lastLineAt: number): TrailTime | undefined {
    return this.#current && { ...this.#current, lastLineAt };
  }

  /** The statements of the next chain about retention. */
  next(last: TrailTime | undefined): Omit<Required<Opening>, 'after'> {
    const now = this.clock.now();
    const ranMs = this.#openedAt === undefined ? 0 : this.clock.monotonic() - this.#openedAt;
    const { retentionClock, steadySince, isJump } = retentionTime(now, last, ranMs);
    if (isJump && last) {
      logEvent(this.logger, 'audit.clock-jumped', { clock: iso(now), lastLine: iso(last.lastLineAt) });
    }
    this.#openedAt = this.clock.monotonic();
    this.#current = { openedAt: now, retentionClock, steadySince };
    const today = Math.floor(Math.min(now, retentionClock) / MS_OF_A_DAY);
    const keptFrom = (today - Math.ceil(this.location.retentionMs / MS_OF_A_DAY)) * MS_OF_A_DAY;
    return { keptFrom: iso(keptFrom), retentionClock: iso(retentionClock), steadySince: iso(steadySince) };
  }

  /**
   * Removes chains that began before `keptFrom`, the oldest first. `record` first stores their names in the trail; otherwise their
   * absence would look like tampering. Only a failure of `record` is thrown, as old files are no reason to reject writes.
   */
  async remove(keptFrom: string, record: (body: string) => Promise<void>): Promise<void> {
    const chains =
      (await this.#attempt(() => chainsBefore(keptFrom, this.location.directory)))?.slice(0, MAX_REMOVED) ?? [];
    if (chains.length === 0) return;
    await record(JSON.stringify({ phase: 'retention', keptFrom, chains }));
    await this.#attempt(() => removeChains(chains, this.location));
    logEvent(this.logger, 'audit.retention', { keptFrom, chains: chains.length });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      logEvent(this.logger, 'audit.retention-failed', { reason: reasonOf(error) });
      return undefined;
    }
  }
}

const iso = (time: number): string => new Date(time).toISOString();
