import type { Metrics } from '../../observability/metrics';
import type { Outcome } from '../outcome/outcome';

interface OperationCounters {
  readonly seconds: { observe(value: number): void };
  readonly outcomes: Map<Outcome['kind'], { inc(): void }>;
}

/** Counts and times attempts by operation. */
export class AttemptMetrics {
  readonly #operations = new Map<string, OperationCounters>();

  constructor(private readonly metrics: Metrics) {}

  count(operation: string, outcome: Outcome['kind'], milliseconds: number): void {
    const { upstreamCalls, upstreamSeconds } = this.metrics;
    let stats = this.#operations.get(operation);
    if (!stats) {
      stats = { seconds: upstreamSeconds.labels({ operation }), outcomes: new Map() };
      this.#operations.set(operation, stats);
    }
    let calls = stats.outcomes.get(outcome);
    if (!calls) {
      calls = upstreamCalls.labels({ operation, outcome });
      stats.outcomes.set(outcome, calls);
    }
    stats.seconds.observe(milliseconds / 1000);
    calls.inc();
  }
}
