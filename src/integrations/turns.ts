import type { Clock } from '../clock/clock';
import type { Deadline } from '../context/deadline';
import { Problem } from '../problems/problem';

/** Lets those who want the same thing have it one after another, in the order they came (S-316). Per process. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  constructor(private readonly clock: Clock) {}

  /** Runs `work` when all earlier work on `key` has ended; throws `overloaded` when the deadline ends before that. */
  async take<T>(key: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const earlier = this.#last.get(key);
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    const last = (earlier ?? Promise.resolve()).then(() => mine);
    this.#last.set(key, last);
    try {
      if (earlier !== undefined) await this.wait(earlier, deadline);
      return await work();
    } finally {
      end();
      // Only when nobody before is still at work: one who gave up waiting must not open the door to the next.
      void last.then(() => this.#last.get(key) === last && this.#last.delete(key));
    }
  }

  private async wait(earlier: Promise<void>, deadline: Deadline): Promise<void> {
    const patience = new AbortController();
    const isFirst = await Promise.race([
      earlier.then(() => true),
      this.clock.sleep(deadline.remaining, patience.signal).then(
        () => false,
        () => true,
      ),
    ]);
    patience.abort();
    if (!isFirst) throw new Problem('overloaded', { retryAfterSeconds: 1 });
  }
}
