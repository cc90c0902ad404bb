import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/deadline';
import { Problem } from '../../problems/problem';
import { Turns, type WritePlace } from './turns';

/** For one process: in the order they came. */
export class LocalTurns extends Turns {
  readonly #last = new Map<string, Promise<void>>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async take<T>(
    { tenant, integrationId }: WritePlace,
    deadline: Deadline,
    work: () => Promise<T>,
  ): Promise<T> {
    const key = `${tenant}/${integrationId}`;
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
