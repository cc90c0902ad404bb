import { type Cancellation, CancellationSource } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/deadline';
import { Problem } from '../../problems/problem';

interface Flight<T> {
  /** Undefined once it is over. */
  result: Promise<T> | undefined;
  /** Follows a leader that failed; its own failure is final for all who wait. */
  readonly isSecond: boolean;
  readonly isRevalidation: boolean;
  /** How many wait for it. */
  waiting: number;
  /** Aborted when the last of those who wait goes away. */
  readonly abandoned: CancellationSource;
}

interface FlightOptions<T> {
  /** The caller's own: whoever waits stops waiting then; the flight goes on, as its answer may be worth keeping. */
  readonly deadline: Deadline;
  /** Aborted when the caller goes away, which ends its waiting as well. */
  readonly signal?: Cancellation | undefined;
  /** Joins no flight but a revalidation: what began before could bring what the caller asked not to get. */
  readonly isRevalidation?: boolean;
  readonly start: (isLatest: () => boolean, abandoned: Cancellation) => Promise<T>;
}

/** One call for all who ask the same at the same time. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  constructor(private readonly clock: Clock) {}

  isRunning(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * Joins the flight of this key or leads one. When a leader fails, the first to notice leads once more and the others
   * join; when that fails too, it is the answer to all, so that no herd follows.
   * @throws {Problem} `upstream-timeout` when the caller's deadline ends first or it goes away; otherwise what the flight throws
   */
  async run(key: string, options: FlightOptions<T>): Promise<{ value: T; isCollapsed: boolean }> {
    const { deadline, signal, isRevalidation = false } = options;
    const flight = this.#flights.get(key);
    if (!flight || (isRevalidation && !flight.isRevalidation)) {
      return { value: await this.#wait(key, this.#lead(key, options, false), options), isCollapsed: false };
    }
    try {
      return { value: await this.#wait(key, flight, options), isCollapsed: true };
    } catch (error) {
      if (flight.isSecond || deadline.isOver || signal?.aborted) throw error;
    }
    const next = this.#flights.get(key);
    return {
      value: await this.#wait(key, next ?? this.#lead(key, options, true), options),
      isCollapsed: next !== undefined,
    };
  }

  #lead(key: string, { start, isRevalidation = false }: FlightOptions<T>, isSecond: boolean): Flight<T> {
    const isLatest = () => this.#flights.get(key) === flight;
    const abandoned = new CancellationSource();
    const fly = async () => {
      // The flight has to be known before it can ask whether it is the latest.
      await Promise.resolve();
      try {
        return await start(isLatest, abandoned);
      } finally {
        if (isLatest()) this.#flights.delete(key);
        // A Map that has grown leaves its old table behind, and in it what was deleted, until the next full collection: measured, 60 MiB.
        flight.result = undefined;
      }
    };
    const flight: Flight<T> = { result: fly(), isSecond, isRevalidation, waiting: 0, abandoned };
    this.#flights.set(key, flight);
    // Whoever waits gets the failure; a flight that nobody waits for any more fails in silence.
    flight.result?.catch(() => undefined);
    return flight;
  }

  #wait(key: string, flight: Flight<T>, { deadline, signal }: FlightOptions<T>): Promise<T> {
    flight.waiting += 1;
    let cancel = () => {};
    const waited = new Promise<T>((resolve, reject) => {
      const giveUp = () => reject(new Problem('upstream-timeout'));
      const cancelTimer = this.clock.after(deadline.remaining, giveUp);
      signal?.addEventListener('abort', giveUp);
      if (signal?.aborted) giveUp();
      flight.result?.then(resolve, reject);
      cancel = () => {
        cancelTimer();
        signal?.removeEventListener('abort', giveUp);
      };
    });
    return waited.finally(() => {
      cancel();
      flight.waiting -= 1;
      if (flight.waiting === 0 && signal?.aborted) this.#abandon(key, flight);
    });
  }

  /** Who asks from now on leads a flight of its own. */
  #abandon(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    flight.abandoned.abort();
  }
}
