import { Clock } from '../../src/clock/clock';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that only the test advances. */
export class ManualClock extends Clock {
  #now: number;
  /** Milliseconds from the monotonic clock to the wall clock. */
  #jumped = 0;
  #sleepers: Sleeper[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    super();
    this.#now = start;
  }

  now(): number {
    return this.#now + this.#jumped;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, wake: () => void): () => void {
    const sleeper = { at: this.#now + ms, wake };
    this.#sleepers.push(sleeper);
    return () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    };
  }

  /** Sets the wall clock forwards or back by `ms`, as an administrator would: no time passes. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  /** The remaining times of the sleepers, in milliseconds, shortest first. */
  get sleeping(): number[] {
    return this.#sleepers.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Advances by `ms` and wakes sleepers in order; their work runs until it waits again. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await runReadyPromises();
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await runReadyPromises();
    }
    this.#now = end;
  }
}

/** Runs all promises that are ready; the clock itself never waits for real time. */
async function runReadyPromises(): Promise<void> {
  for (let tick = 0; tick < 5; tick += 1) await new Promise((resolve) => setImmediate(resolve));
}
