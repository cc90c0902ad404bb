import type { Clock } from '../clock/clock';
import type { Deadline } from '../context/deadline';
import { Problem } from '../problems/problem';

interface Flight<T> {
  readonly result: Promise<T>;
  /** Follows a leader that failed; its own failure is final for all who wait. */
  readonly isSecond: boolean;
  readonly isRevalidation: boolean;
}

interface FlightOptions<T> {
  /** The caller's own: whoever waits stops waiting then, the flight goes on. */
  readonly deadline: Deadline;
  /** Joins no flight but a revalidation: what began before could bring what the caller asked not to get. */
  readonly isRevalidation?: boolean;
  readonly start: (isLatest: () => boolean) => Promise<T>;
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
   * @throws {Problem} `upstream-timeout` when the caller's deadline ends first; otherwise what the flight throws
   */
  async run(key: string, options: FlightOptions<T>): Promise<{ value: T; isCollapsed: boolean }> {
    const { deadline, isRevalidation = false } = options;
    const flight = this.#flights.get(key);
    if (!flight || (isRevalidation && !flight.isRevalidation)) {
      return { value: await this.#wait(this.#lead(key, options, false), deadline), isCollapsed: false };
    }
    try {
      return { value: await this.#wait(flight, deadline), isCollapsed: true };
    } catch (error) {
      if (flight.isSecond || deadline.isOver) throw error;
    }
    const next = this.#flights.get(key);
    return {
      value: await this.#wait(next ?? this.#lead(key, options, true), deadline),
      isCollapsed: next !== undefined,
    };
  }

  #lead(key: string, { start, isRevalidation = false }: FlightOptions<T>, isSecond: boolean): Flight<T> {
    const isLatest = () => this.#flights.get(key) === flight;
    const fly = async () => {
      // The flight has to be known before it can ask whether it is the latest.
      await Promise.resolve();
      try {
        return await start(isLatest);
      } finally {
        if (isLatest()) this.#flights.delete(key);
      }
    };
    const flight: Flight<T> = { result: fly(), isSecond, isRevalidation };
    this.#flights.set(key, flight);
    // Whoever waits gets the failure; a flight that nobody waits for any more fails in silence.
    flight.result.catch(() => undefined);
    return flight;
  }

  #wait({ result }: Flight<T>, deadline: Deadline): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(deadline.remaining, () => reject(new Problem('upstream-timeout')));
      result.then(resolve, reject).finally(cancel);
    });
  }
}
