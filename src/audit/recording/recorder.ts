import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import { Problem } from '../../problems/problem';
import { AuditStore, reasonOf } from '../audit-store';
import { bytesOf, QueueQuota } from './queue-limits';

/** The longest wait for the store, in milliseconds. */
const LIMIT_MS = 2000;
/** The pause after a failure, in milliseconds. */
const RETRY_MS = 500;
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

interface Entry {
  readonly body: string;
  readonly owner: string;
  /** Whether it is stored even after its wait has ended. */
  readonly isKept: boolean;
  /** When its wait ends, on the monotonic clock. */
  readonly due: number;
  readonly resolve: () => void;
  readonly reject: (problem: Problem) => void;
}

/** A time without a trail: its start, and the number of records that were rejected or dropped in it. */
interface Gap {
  readonly from: string;
  readonly refused: number;
}

/**
 * Writes records to the store in batches, one at a time: the next batch is what arrived while the last one was written. No record
 * waits longer than 2 s. While the store fails it is tried every 500 ms, without new records too; the first line afterwards records
 * the gap.
 */
@Injectable()
export class Recorder {
  #queue: Entry[] = [];
  readonly #quota = new QueueQuota();
  /** Entries whose callers still wait, oldest first. */
  readonly #waiting = new Set<Entry>();
  readonly #stop = new AbortController();
  #gap: Gap | undefined;
  #batchSince: number | undefined;
  #running: Promise<void> | undefined;
  #isWatched = false;
  #sealing: Promise<void> | undefined;
  #hasStored = false;
  #endFirstAttempt: () => void = () => undefined;
  readonly #firstAttempt = new Promise<void>((resolve) => {
    this.#endFirstAttempt = resolve;
  });
  #onFirstStored: () => void = () => undefined;
  /** Resolves when something was stored for the first time. */
  readonly firstStored = new Promise<void>((resolve) => {
    this.#onFirstStored = resolve;
  });
  #isFailing = false;

  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** False while records are rejected: the service is degraded, and writes get 503. */
  get isAvailable(): boolean {
    return !this.#isFailing && !this.#isStalled;
  }

  /** Whether anything was stored yet; before that it is unknown whether the store can be written. */
  get hasStored(): boolean {
    return this.#hasStored;
  }

  /**
   * Writes to the store before there is a record, and tries until that succeeds. Resolves after the first attempt, successful or
   * not, or after 2 s.
   */
  async start(): Promise<void> {
    this.#running ??= this.#run();
    await this.#within(this.#firstAttempt).catch(() => undefined);
  }

  /**
   * Resolves when `body`, the text of a JSON object, is durable; rejects with `audit-unavailable` after at most 2 s.
   * `isKept`: even then it is stored as soon as the store is back. `owner`: whose share of the queue it uses.
   */
  record(body: string, isKept = false, owner = ''): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { body, owner, isKept, due: this.clock.monotonic() + LIMIT_MS, resolve, reject };
      if (this.#sealing || (this.#isStalled && !isKept) || !this.#quota.add(owner, body)) {
        this.#countRejected();
        reject(unavailable());
        return;
      }
      this.#queue.push(entry);
      this.#waiting.add(entry);
      void this.#watch();
      this.#running ??= this.#run();
    });
  }

  /** Stores queued records, ends the chain, and refuses records from now on. Each step takes at most 2 s. May be called again. */
  seal(): Promise<void> {
    this.#sealing ??= this.#seal();
    return this.#sealing;
  }

  async #seal(): Promise<void> {
    try {
      if (this.#running !== undefined) await this.#within(this.#running);
      await this.#within(this.store.seal());
    } catch (error) {
      logEvent(this.logger, 'audit.not-sealed', { reason: reasonOf(error) });
    } finally {
      this.#stop.abort();
      for (const entry of this.#waiting) this.#reject(entry);
    }
  }

  get #isStalled(): boolean {
    return this.#batchSince !== undefined && this.clock.monotonic() - this.#batchSince >= LIMIT_MS;
  }

  get #hasWork(): boolean {
    return this.#queue.length > 0 || this.#gap !== undefined || !(this.#hasStored || this.#sealing);
  }

  async #run(): Promise<void> {
    while (this.#hasWork && !this.#stop.signal.aborted) {
      if (await this.#storeNext()) continue;
      await this.clock.sleep(RETRY_MS, this.#stop.signal).catch(() => undefined);
    }
    this.#running = undefined;
  }

  /** One batch: stored as a whole, or rejected for all that wait for it. */
  async #storeNext(): Promise<boolean> {
    const gap = this.#gap;
    this.#gap = undefined;
    const batch = this.#nextBatch();
    this.#batchSince = this.clock.monotonic();
    try {
      await this.store.append([...(gap ? [JSON.stringify({ phase: 'gap', ...gap })] : []), ...batch.map(bodyOf)]);
    } catch (error) {
      this.#fail(gap, batch, error);
      return false;
    } finally {
      this.#batchSince = undefined;
      this.#endFirstAttempt();
    }
    if (this.#isFailing) logEvent(this.logger, 'audit.available');
    this.#isFailing = false;
    this.#hasStored = true;
    this.#onFirstStored();
    this.metrics.auditRecords.inc({ result: 'stored' }, batch.length);
    for (const entry of batch) {
      this.#quota.remove(entry.owner, entry.body);
      if (this.#waiting.delete(entry)) entry.resolve();
    }
    return true;
  }

  #nextBatch(): Entry[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ body }, index) => {
      bytes += bytesOf(body);
      return index > 0 && (index >= MAX_BATCH || bytes > MAX_BATCH_BYTES);
    });
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end);
  }

  #fail(gap: Gap | undefined, batch: readonly Entry[], error: unknown): void {
    this.#markFailing(reasonOf(error));
    if (gap) this.#gap = { from: gap.from, refused: gap.refused + (this.#gap?.refused ?? 0) };
    this.#queue = [...batch.filter(({ isKept }) => isKept), ...this.#queue];
    for (const entry of batch) {
      if (!entry.isKept) this.#quota.remove(entry.owner, entry.body);
      this.#reject(entry);
    }
  }

  /** Ends waits that have lasted too long. */
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
    this.#queue = this.#queue.filter((entry) => {
      const isLeft = entry.isKept || !expired.has(entry);
      if (!isLeft) this.#quota.remove(entry.owner, entry.body);
      return isLeft;
    });
    for (const entry of expired) this.#reject(entry);
  }

  #reject(entry: Entry): void {
    if (!this.#waiting.delete(entry)) return;
    if (!entry.isKept) this.#countRejected();
    entry.reject(unavailable());
  }

  #countRejected(): void {
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
