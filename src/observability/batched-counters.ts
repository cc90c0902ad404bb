import type { Counter, Histogram, LabelValues } from 'prom-client';

/** Observations that wait at the most; more are handed on at once. */
const MOST_WAITING = 1024;

/**
 * What is counted on the hot path: added up here and handed to prom-client when somebody asks for the metrics, as it looks up
 * labels at every call, which would cost more than a cached answer.
 */
export class BatchedCounters {
  readonly #flushes: (() => void)[] = [];

  /** To be the `collect` of every metric that has counters. */
  readonly flush = (): void => {
    for (const flush of this.#flushes) flush();
  };

  /** Labels come from closed sets, so there are never many counters. */
  counter<T extends string>(counter: Counter<T>, labels: LabelValues<T>): { inc(): void } {
    let count = 0;
    this.#flushes.push(() => {
      if (count > 0) counter.inc(labels, count);
      count = 0;
    });
    return {
      inc: () => {
        count += 1;
      },
    };
  }

  histogram<T extends string>(histogram: Histogram<T>, labels: LabelValues<T>): { observe(value: number): void } {
    const waiting: number[] = [];
    const flush = () => {
      for (const value of waiting) histogram.observe(labels, value);
      waiting.length = 0;
    };
    this.#flushes.push(flush);
    return {
      observe: (value) => {
        if (waiting.push(value) >= MOST_WAITING) flush();
      },
    };
  }
}
