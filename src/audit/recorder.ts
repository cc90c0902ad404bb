import type { Clock } from '../clock/clock';
import { logEvent } from '../observability/log-events';
import type { Logger } from '../observability/logger';
import type { Metrics } from '../observability/metrics';
import { Problem } from '../problems/problem';
import type { AuditStore } from './audit-store';
import { reasonOf } from './reason';

/** How long anybody waits for the store, in milliseconds. */
const LIMIT_MS = 2000;
/** The pause after a failure, in milliseconds. */
const RETRY_MS = 500;
const MAX_BATCH = 500;
const MAX_QUEUE = 10_000;

interface Entry {
  readonly body: string;
  /** Whether it is stored even when nobody waits for it any more. */
  readonly isKept: boolean;
  /** When its waiting ends, on the monotonic clock. */
  readonly due: number;
  readonly resolve: () => void;
  readonly reject: (problem: Problem) => void;
}

/** A time without a trail: since when, and how many records were refused or dropped in it. */
interface Gap {
  readonly from: string;
  readonly refused: number;
}

/**
 * Stands between those who record and the store: one batch at a time, the next is what came while the last one was
 * written; nobody waits longer than 2 s. While the store fails it is tried again every 500 ms by itself, and
 * the first line afterwards tells the gap.
 */
export class Recorder {
  #queue: Entry[] = [];
  /** Entries somebody waits for, oldest first. */
  readonly #waiting = new Set<Entry>();
  readonly #stop = new AbortController();
  #gap: Gap | undefined;
  #batchSince: number | undefined;
  #pump: Promise<void> | undefined;
  #isWatched = false;
  #isSealed = false;
  #isFailing = false;

  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  /** False while records are refused: the service is degraded, and writes get 503. */
  get isAvailable(): boolean {
    return !this.#isFailing && !this.#isStalled;
  }

  /**
   * Resolves when `body`, the text of a JSON object, is durable; rejects with `audit-unavailable` after at most 2 s.
   * `isKept`: it is stored as soon as the store is back, even then.
   */
  record(body: string, isKept = false): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { body, isKept, due: this.clock.monotonic() + LIMIT_MS, resolve, reject };
      if (this.#isSealed || this.#queue.length >= MAX_QUEUE || (this.#isStalled && !isKept)) {
        this.#countRefused();
        reject(unavailable());
        return;
      }
      this.#queue.push(entry);
      this.#waiting.add(entry);
      void this.#watch();
      this.#pump ??= this.#run();
    });
  }

  /** Stores what is queued, ends the chain, and refuses from now on. Gives up after 2 s each. */
  async seal(): Promise<void> {
    this.#isSealed = true;
    try {
      if (this.#pump !== undefined) await this.#within(this.#pump);
      await this.#within(this.store.seal());
    } catch (error) {
      logEvent(this.logger, 'audit.not-sealed', { reason: reasonOf(error) });
    } finally {
      this.#stop.abort();
      for (const entry of this.#waiting) this.#refuse(entry);
    }
  }

  get #isStalled(): boolean {
    return this.#batchSince !== undefined && this.clock.monotonic() - this.#batchSince >= LIMIT_MS;
  }

  async #run(): Promise<void> {
    while ((this.#queue.length > 0 || this.#gap) && !this.#stop.signal.aborted) {
      if (await this.#storeNext()) continue;
      await this.clock.sleep(RETRY_MS, this.#stop.signal).catch(() => undefined);
    }
    this.#pump = undefined;
  }

  /** One batch: stored as a whole, or everyone who waits is refused. */
  async #storeNext(): Promise<boolean> {
    const gap = this.#gap;
    this.#gap = undefined;
    const batch = this.#queue.splice(0, MAX_BATCH);
    this.#batchSince = this.clock.monotonic();
    try {
      await this.store.append([...(gap ? [JSON.stringify({ phase: 'gap', ...gap })] : []), ...batch.map(bodyOf)]);
    } catch (error) {
      this.#fail(gap, batch, error);
      return false;
    } finally {
      this.#batchSince = undefined;
    }
    if (this.#isFailing) logEvent(this.logger, 'audit.available');
    this.#isFailing = false;
    this.metrics.auditRecords.inc({ result: 'stored' }, batch.length);
    for (const entry of batch) if (this.#waiting.delete(entry)) entry.resolve();
    return true;
  }

  #fail(gap: Gap | undefined, batch: readonly Entry[], error: unknown): void {
    this.#markFailing(reasonOf(error));
    if (gap) this.#gap = { from: gap.from, refused: gap.refused + (this.#gap?.refused ?? 0) };
    this.#queue = [...batch.filter(({ isKept }) => isKept), ...this.#queue];
    for (const entry of batch) this.#refuse(entry);
  }

  /** Ends waiting that has lasted too long. */
  async #watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    for (let [oldest] = this.#waiting; oldest && !this.#stop.signal.aborted; [oldest] = this.#waiting) {
      await this.clock.sleep(oldest.due - this.clock.monotonic(), this.#stop.signal).catch(() => undefined);
      this.#expire();
    }
    this.#isWatched = false;
  }

  #expire(): void {
    const now = this.clock.monotonic();
    const expired = new Set([...this.#waiting].filter(({ due }) => due <= now));
    if (expired.size === 0) return;
    this.#markFailing('timeout');
    this.#queue = this.#queue.filter((entry) => entry.isKept || !expired.has(entry));
    for (const entry of expired) this.#refuse(entry);
  }

  #refuse(entry: Entry): void {
    if (!this.#waiting.delete(entry)) return;
    if (!entry.isKept) this.#countRefused();
    entry.reject(unavailable());
  }

  #countRefused(): void {
    this.metrics.auditRecords.inc({ result: 'refused' });
    const { from = new Date(this.clock.now()).toISOString(), refused = 0 } = this.#gap ?? {};
    this.#gap = { from, refused: refused + 1 };
  }

  #markFailing(reason: string): void {
    if (!this.#isFailing) logEvent(this.logger, 'audit.unavailable', { reason });
    this.#isFailing = true;
  }

  async #within(work: Promise<void>): Promise<void> {
    const timer = new AbortController();
    const limit = this.clock.sleep(LIMIT_MS, timer.signal).then(() => Promise.reject(unavailable()));
    try {
      await Promise.race([work, limit]);
    } finally {
      limit.catch(() => undefined);
      timer.abort();
    }
  }
}

const bodyOf = ({ body }: Entry): string => body;

const unavailable = (): Problem => new Problem('audit-unavailable');
