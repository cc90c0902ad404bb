import type { Metrics } from '../../observability/metrics';
import type { Outcome } from '../outcome/outcome';

interface OperationTally {
  readonly seconds: { observe(value: number): void };
  readonly outcomes: Map<Outcome['kind'], { inc(): void }>;
}

/** Counts and times attempts by operation. */
export class ExchangeCounters {
  readonly #operations = new Map<string, OperationTally>();

  constructor(private readonly metrics: Metrics) {}

  count(operation: string, outcome: Outcome['kind'], milliseconds: number): void {
    const { upstreamCalls, upstreamSeconds, tallies } = this.metrics;
    let tally = this.#operations.get(operation);
    if (!tally) {
      tally = { seconds: tallies.histogram(upstreamSeconds, { operation }), outcomes: new Map() };
      this.#operations.set(operation, tally);
    }
    let calls = tally.outcomes.get(outcome);
    if (!calls) {
      calls = tallies.counter(upstreamCalls, { operation, outcome });
      tally.outcomes.set(outcome, calls);
    }
    tally.seconds.observe(milliseconds / 1000);
    calls.inc();
  }
}
