import type { Counter, Histogram, LabelValues } from 'prom-client';

/** Observations that wait at the most; more are handed on at once. */
const MOST_WAITING = 1024;

/**
 * What is counted on the hot path: added up here and handed to prom-client when somebody asks for the metrics, as it looks up
 * labels at every call, which would cost more than a cached answer.
 */
export class Tallies {
  readonly #handOns: (() => void)[] = [];

  /** To be the `collect` of every metric that has tallies. */
  readonly handOn = (): void => {
    for (const handOn of this.#handOns) handOn();
  };

  /** Labels come from closed sets, so there are never many tallies. */
  counter<T extends string>(counter: Counter<T>, labels: LabelValues<T>): { inc(): void } {
    let count = 0;
    this.#handOns.push(() => {
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
    const handOn = () => {
      for (const value of waiting) histogram.observe(labels, value);
      waiting.length = 0;
    };
    this.#handOns.push(handOn);
    return {
      observe: (value) => {
        if (waiting.push(value) >= MOST_WAITING) handOn();
      },
    };
  }
}
