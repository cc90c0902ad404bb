import type { Metrics } from '../observability/metrics';

/** How reads are answered: from a tier, stale, by Hubster (and why), by another's call, or not at all. */
const RESULTS = [
  'memory',
  'redis',
  'stale-while-revalidate',
  'stale-if-error',
  'miss',
  'stale',
  'request',
  'collapsed',
  'failed',
  'only-if-cached',
] as const;

type CacheResult = (typeof RESULTS)[number];

/** Counts reads by result. */
export class CacheMetrics {
  readonly #bound: ReadonlyMap<CacheResult, { inc(): void }>;

  constructor({ cacheResults, counters }: Metrics) {
    this.#bound = new Map(RESULTS.map((result) => [result, counters.counter(cacheResults, { result })]));
  }

  count(result: CacheResult): void {
    this.#bound.get(result)?.inc();
  }
}
