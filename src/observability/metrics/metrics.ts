import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { BatchedCounters } from './batched-counters';
import { ClosedCounter, ClosedHistogram } from './closed-metrics';
import {
  ATTEMPT_OUTCOMES,
  CACHE_RESULTS,
  FINAL_REASONS,
  QUIRKS,
  REDIS_COMMANDS,
  REDIS_REASONS,
  RETRY_REASONS,
  SHORT_CIRCUITS,
  TRANSPORT_CAUSES,
  UPSTREAM_OPERATIONS,
  UPSTREAM_SERVICES,
} from './label-sets';
import { StateGauges } from './state-gauges';

/** From a hit, which takes less than a millisecond, to a write, whose deadline is 15 s by default. */
const REQUEST_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30,
];
/** An attempt takes at least a round trip, and at most 12 s by default. */
const ATTEMPT_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** `stagedoor_build_info` has the version; the others are sums that have the name of a counter and are none. */
const LEFT_OUT = [
  'nodejs_version_info',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * All metrics. Label values come from closed sets only (no tenant, name, id or URL), so that the number of series is limited and no label
 * contains a secret. Every series exists from the start, except those of `stagedoor_request_duration_seconds`: `label-sets.ts` has the
 * sets, and `RequestSeries` makes the series of the routes.
 */
export class Metrics {
  readonly registry = new Registry();
  /** For the metrics that every cache hit or miss changes. */
  readonly counters = new BatchedCounters();
  readonly #registers = [this.registry];
  readonly #batched = { registers: this.#registers, collect: this.counters.flush };

  readonly buildInfo = new Gauge({
    name: 'stagedoor_build_info',
    help: 'Always 1; the version of Stagedoor and of Node, of which a public port shows the major number only.',
    labelNames: ['version', 'node'],
    registers: this.#registers,
  });

  readonly requests = new Counter({
    name: 'stagedoor_requests_total',
    help: 'Requests by route template, method and status of the response.',
    labelNames: ['method', 'route', 'status'],
    ...this.#batched,
  });

  readonly requestSeconds = new Histogram({
    name: 'stagedoor_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its response; status is its class (2xx), cache is hit, miss or none.',
    labelNames: ['method', 'route', 'status', 'cache'],
    buckets: REQUEST_SECONDS,
    ...this.#batched,
  });

  readonly upstreamCalls = new ClosedCounter({
    name: 'stagedoor_upstream_calls_total',
    help: 'Attempts sent to Hubster by operation and outcome.',
    labels: { operation: UPSTREAM_OPERATIONS, outcome: ATTEMPT_OUTCOMES },
    ...this.#batched,
  });

  readonly transportErrors = new ClosedCounter({
    name: 'stagedoor_upstream_transport_errors_total',
    help: 'Requests without a response by service (portal, identity, jwks) and cause; `proxy` and `proxy-auth` (407) mean that no tunnel was opened.',
    labels: { service: UPSTREAM_SERVICES, cause: TRANSPORT_CAUSES },
    registers: this.#registers,
  });

  readonly upstreamSeconds = new ClosedHistogram({
    name: 'stagedoor_upstream_duration_seconds',
    help: 'Time of one attempt at Hubster.',
    labels: { operation: UPSTREAM_OPERATIONS },
    buckets: ATTEMPT_SECONDS,
    ...this.#batched,
  });

  readonly upstreamRetries = new ClosedCounter({
    name: 'stagedoor_upstream_retries_total',
    help: 'Further attempts that were made, by the outcome of the one before.',
    labels: { operation: UPSTREAM_OPERATIONS, reason: RETRY_REASONS },
    registers: this.#registers,
  });

  readonly upstreamFinal = new ClosedCounter({
    name: 'stagedoor_upstream_not_retried_total',
    help: 'Failed calls that were not sent again, by reason.',
    labels: { reason: FINAL_REASONS },
    registers: this.#registers,
  });

  readonly upstreamShortCircuits = new ClosedCounter({
    name: 'stagedoor_upstream_short_circuits_total',
    help: 'Calls that were not sent, by cause: breaker, bulkhead or retry-after.',
    labels: { by: SHORT_CIRCUITS },
    registers: this.#registers,
  });

  readonly upstreamQuirks = new ClosedCounter({
    name: 'stagedoor_upstream_quirks_total',
    help: 'Inconsistencies in responses of Hubster that were normalised or dropped.',
    labels: { quirk: QUIRKS },
    registers: this.#registers,
  });

  readonly cacheResults = new ClosedCounter({
    name: 'stagedoor_cache_results_total',
    help: 'Cached reads by result.',
    labels: { result: CACHE_RESULTS },
    ...this.#batched,
  });

  readonly redisCommands = new ClosedCounter({
    name: 'stagedoor_redis_commands_total',
    help: 'Redis commands by result: ok, failed, or refused by the breaker and not sent.',
    labels: { result: ['ok', 'failed', 'refused'] },
    registers: this.#registers,
  });

  readonly redisFailures = new ClosedCounter({
    name: 'stagedoor_redis_failures_total',
    help: 'Redis commands and connections that failed, by reason and command; none where there was no reply.',
    labels: { reason: REDIS_REASONS, command: [...REDIS_COMMANDS, 'none'] },
    registers: this.#registers,
  });

  readonly auditRecords = new ClosedCounter({
    name: 'stagedoor_audit_records_total',
    help: 'Audit records by result.',
    labels: { result: ['stored', 'refused'] },
    registers: this.#registers,
  });

  readonly logLinesDropped = new Counter({
    name: 'stagedoor_log_lines_dropped_total',
    help: 'Log lines that were dropped because they were not read in time.',
    registers: this.#registers,
  });

  readonly spans = new ClosedCounter({
    name: 'stagedoor_trace_spans_total',
    help: 'Recorded spans of traces by result: exported, queue-full, export-failed or secret (dropped).',
    labels: { result: ['exported', 'queue-full', 'export-failed', 'secret'] },
    registers: this.#registers,
  });

  readonly connectionsClosedAtLimit = new ClosedCounter({
    name: 'stagedoor_connections_closed_at_limit_total',
    help: 'Connections closed at the limit: evicted (one without accepted credentials, for a new one) or rejected (the new one).',
    labels: { port: ['api', 'management'], action: ['evicted', 'rejected'] },
    registers: this.#registers,
  });

  readonly state = new StateGauges(this.registry);

  /** Adds the usual metrics of a process and of Node: CPU, memory, open files, event loop lag, garbage collection. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of LEFT_OUT) this.registry.removeSingleMetric(name);
  }
}
