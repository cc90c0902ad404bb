/** Waiting observations that cause a flush. */
const MAX_WAITING = 1024;

/**
 * Adds up what cache hits and misses count, and passes it to prom-client when the metrics are read. prom-client resolves labels in every call: the three
 * metrics of a hit then take 1.8 µs in place of 0.7 (with cold caches; in a tight loop 0.9 and 0.4).
 */
export class BatchedCounters {
  readonly #flushes: (() => void)[] = [];

  /** The `collect` function of every metric with batched counters. */
  readonly flush = (): void => {
    for (const flush of this.#flushes) flush();
  };

  /** `add` gets the number of calls of `inc`. One for each series, of which there is a limited number. */
  counter(add: (count: number) => void): { inc(): void } {
    let count = 0;
    this.#flushes.push(() => {
      if (count > 0) add(count);
      count = 0;
    });
    return {
      inc: () => {
        count += 1;
      },
    };
  }

  histogram(add: (value: number) => void): { observe(value: number): void } {
    const waiting: number[] = [];
    const flush = () => {
      for (const value of waiting) add(value);
      waiting.length = 0;
    };
    this.#flushes.push(flush);
    return {
      observe: (value) => {
        if (waiting.push(value) >= MAX_WAITING) flush();
      },
    };
  }
}
