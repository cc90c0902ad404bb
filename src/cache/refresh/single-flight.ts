import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/request-context';
import { Problem } from '../../problems/problem';

interface Flight<T> {
  /** Undefined once it is settled. */
  result: Promise<T> | undefined;
  /** Follows a failed flight; its own failure is final for all callers that wait. */
  readonly isRetry: boolean;
  readonly isRevalidation: boolean;
  /** Number of callers that wait for it. */
  waiting: number;
  /** Aborted when the last waiting caller disconnects. */
  readonly abandoned: AbortController;
}

interface FlightOptions<T> {
  /** Ends the wait of this caller only; the flight continues, as its result may be stored. */
  readonly deadline: Deadline;
  /** Aborted when the caller disconnects, which ends its wait as well. */
  readonly signal?: AbortSignal | undefined;
  /** Joins revalidations only: an earlier flight could return a response that the caller does not accept. */
  readonly isRevalidation?: boolean;
  readonly start: (isLatest: () => boolean, abandoned: AbortSignal) => Promise<T>;
}

const MAX_SPARE = 64;

/** One call at a time for each key; concurrent callers share it. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  /** Of ended flights that were not abandoned: a new controller costs a twentieth of a miss (bench -- parts). */
  readonly #spare: AbortController[] = [];

  constructor(private readonly clock: Clock) {}

  isRunning(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * Joins the flight of this key or starts one. When a flight fails, the first caller that notices starts a second one and the others
   * join it; the failure of that one is final for all, which prevents a stampede.
   * @throws {Problem} `upstream-timeout` when the caller's deadline ends first or it disconnects; otherwise the error of the flight
   */
  async run(key: string, options: FlightOptions<T>): Promise<{ value: T; isCollapsed: boolean }> {
    const { deadline, signal, isRevalidation = false } = options;
    const flight = this.#flights.get(key);
    if (!flight || (isRevalidation && !flight.isRevalidation)) {
      return { value: await this.#wait(key, this.#start(key, options, false), options), isCollapsed: false };
    }
    try {
      return { value: await this.#wait(key, flight, options), isCollapsed: true };
    } catch (error) {
      if (flight.isRetry || deadline.isOver || signal?.aborted) throw error;
    }
    const next = this.#flights.get(key);
    return {
      value: await this.#wait(key, next ?? this.#start(key, options, true), options),
      isCollapsed: next !== undefined,
    };
  }

  #start(key: string, { start, isRevalidation = false }: FlightOptions<T>, isRetry: boolean): Flight<T> {
    const isLatest = () => this.#flights.get(key) === flight;
    const abandoned = this.#controller();
    const run = async () => {
      // The flight has to be in the map before `start` can call `isLatest`.
      await Promise.resolve();
      try {
        return await start(isLatest, abandoned.signal);
      } finally {
        if (isLatest()) this.#flights.delete(key);
        // A Map that grows keeps deleted entries alive in its old table until the next full collection (measured: 60 MiB).
        flight.result = undefined;
        if (!abandoned.signal.aborted && this.#spare.length < MAX_SPARE) this.#spare.push(abandoned);
      }
    };
    const flight: Flight<T> = { result: run(), isRetry, isRevalidation, waiting: 0, abandoned };
    this.#flights.set(key, flight);
    // Every waiting caller gets the failure; without one it is ignored.
    flight.result?.catch(() => undefined);
    return flight;
  }

  #controller(): AbortController {
    return this.#spare.pop() ?? new AbortController();
  }

  #wait(key: string, flight: Flight<T>, { deadline, signal }: FlightOptions<T>): Promise<T> {
    flight.waiting += 1;
    let cancel = () => {};
    const waited = new Promise<T>((resolve, reject) => {
      const timeOut = () => reject(new Problem('upstream-timeout'));
      const cancelTimer = this.clock.after(deadline.remaining, timeOut);
      signal?.addEventListener('abort', timeOut);
      if (signal?.aborted) timeOut();
      flight.result?.then(resolve, reject);
      cancel = () => {
        cancelTimer();
        signal?.removeEventListener('abort', timeOut);
      };
    });
    return waited.finally(() => {
      cancel();
      flight.waiting -= 1;
      if (flight.waiting === 0 && signal?.aborted) this.#abandon(key, flight);
    });
  }

  /** Later callers start a new flight. */
  #abandon(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    flight.abandoned.abort();
  }
}
