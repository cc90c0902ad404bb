import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log-events';
import type { Logger } from '../../observability/logger';
import type { Opening } from '../chain/chain';
import { reasonOf } from '../reason';
import { retentionTime, type TrailTime } from './retention-clock';
import { chainsBefore, removeChains, type TrailLocation } from './trail-directory';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** Chains at a time; the rest is left to the next opening. */
const MAX_REMOVED = 100;

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

  /** What the next chain states about retention. */
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
