import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { BatchedCounters } from './batched-counters';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * All metrics. Label values come from closed sets only (no tenant, name, id or URL), so that the number of series is limited and no label
 * contains a secret.
 */
export class Metrics {
  readonly registry = new Registry();
  /** For the metrics that every cache hit or miss changes. */
  readonly counters = new BatchedCounters();

  readonly requests = new Counter({
    name: 'stagedoor_requests_total',
    help: 'Requests by route template, method and status of the response.',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
    collect: this.counters.flush,
  });

  readonly requestSeconds = new Histogram({
    name: 'stagedoor_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its response.',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers: [this.registry],
    collect: this.counters.flush,
  });

  readonly upstreamCalls = new Counter({
    name: 'stagedoor_upstream_calls_total',
    help: 'Attempts sent to Hubster by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    registers: [this.registry],
    collect: this.counters.flush,
  });

  readonly transportErrors = new Counter({
    name: 'stagedoor_upstream_transport_errors_total',
    help: 'Requests without a response by service (portal, identity, jwks) and cause; `proxy` and `proxy-auth` (407) mean that no tunnel was opened.',
    labelNames: ['service', 'cause'],
    registers: [this.registry],
  });

  readonly upstreamSeconds = new Histogram({
    name: 'stagedoor_upstream_duration_seconds',
    help: 'Time of one attempt at Hubster.',
    labelNames: ['operation'],
    buckets: SECONDS,
    registers: [this.registry],
    collect: this.counters.flush,
  });

  readonly upstreamRetries = new Counter({
    name: 'stagedoor_upstream_retries_total',
    help: 'Retry decisions by reason.',
    labelNames: ['operation', 'reason'],
    registers: [this.registry],
  });

  readonly upstreamShortCircuits = new Counter({
    name: 'stagedoor_upstream_short_circuits_total',
    help: 'Calls that were not sent, by cause: breaker, bulkhead or retry-after.',
    labelNames: ['by'],
    registers: [this.registry],
  });

  readonly upstreamQuirks = new Counter({
    name: 'stagedoor_upstream_quirks_total',
    help: 'Inconsistencies in responses of Hubster that were normalised or dropped.',
    labelNames: ['quirk'],
    registers: [this.registry],
  });

  readonly cacheResults = new Counter({
    name: 'stagedoor_cache_results_total',
    help: 'Cached reads by result.',
    labelNames: ['result'],
    registers: [this.registry],
    collect: this.counters.flush,
  });

  readonly redisCommands = new Counter({
    name: 'stagedoor_redis_commands_total',
    help: 'Redis commands by result.',
    labelNames: ['result'],
    registers: [this.registry],
  });

  readonly redisFailures = new Counter({
    name: 'stagedoor_redis_failures_total',
    help: 'Redis commands and connections that failed, by reason.',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  readonly auditRecords = new Counter({
    name: 'stagedoor_audit_records_total',
    help: 'Audit records by result.',
    labelNames: ['result'],
    registers: [this.registry],
  });

  readonly logLinesDropped = new Counter({
    name: 'stagedoor_log_lines_dropped_total',
    help: 'Log lines that were dropped because they were not read in time.',
    registers: [this.registry],
  });

  /** `exported`, or why they were dropped. */
  readonly spans = new Counter({
    name: 'stagedoor_trace_spans_total',
    help: 'Recorded spans of traces by result: exported, queue-full, export-failed or secret (dropped).',
    labelNames: ['result'],
    registers: [this.registry],
  });

  readonly connectionsClosedAtLimit = new Counter({
    name: 'stagedoor_connections_closed_at_limit_total',
    help: 'Connections closed at the limit: evicted (one without accepted credentials, for a new one) or rejected (the new one).',
    labelNames: ['port', 'action'],
    registers: [this.registry],
  });

  /** Adds the metrics of the process: CPU, memory, event loop lag, garbage collection. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry, prefix: 'stagedoor_' });
    // The version of Node helps only an attacker.
    this.registry.removeSingleMetric('stagedoor_nodejs_version_info');
  }
}
