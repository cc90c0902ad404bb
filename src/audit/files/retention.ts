import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log-events';
import type { Logger } from '../../observability/logger';
import type { Opening } from '../chain/chain';
import { reasonOf } from '../reason';
import { retentionTime, type TrailTime } from './retention-clock';
import { chainsBefore, removeChains, type TrailLocation } from './trail-directory';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** So many chains at a time; the rest is left to the next opening. */
const MAX_REMOVED = 100;

/** Keeps the directory as small as retention says, and the trail from being removed by a clock that is wrong. */
export class Retention {
  /** When the last chain of this process was opened, on the monotonic clock. */
  #openedAt: number | undefined;
  #current: Pick<TrailTime, 'openedAt' | 'retentionClock' | 'steadySince'> | undefined;

  constructor(
    private readonly location: TrailLocation,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Where the trail is in time for a chain of this process, once its last line is known. */
  timeAt(lastLineAt: number): TrailTime | undefined {
    return this.#current && { ...this.#current, lastLineAt };
  }

  /** What the next chain says of retention. */
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
   * Removes chains that began before `keptFrom`, the oldest first. `record` stores in the trail which they are before they
   * go, or their absence would look like tampering. Too many files are no reason to refuse writes, so only `record` throws.
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
