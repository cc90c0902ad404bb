import type { Metrics } from '../observability/metrics';

/** Where a response came from: a tier, a stale entry, Hubster (and why), the call of another request, or nowhere. */
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
  readonly #counters: ReadonlyMap<CacheResult, { inc(): void }>;

  constructor({ cacheResults, counters }: Metrics) {
    this.#counters = new Map(RESULTS.map((result) => [result, counters.counter(cacheResults, { result })]));
  }

  count(result: CacheResult): void {
    this.#counters.get(result)?.inc();
  }
}
