import { Counter, Gauge, type Registry } from 'prom-client';
import { ClosedGauge } from './closed-metrics';
import {
  BREAKER_CALLS,
  BREAKER_STATES,
  CALL_CLASSES,
  DEGRADED,
  REDIS_REASONS,
  REDIS_ROLES,
  UPSTREAM_SERVICES,
} from './label-sets';

const [PORTAL, IDENTITY] = UPSTREAM_SERVICES;

/** What the service is like now. Set when metrics are read, so that requests pay nothing for them. */
export class StateGauges {
  readonly ready;
  readonly degraded;
  readonly breakers;
  readonly paused;
  readonly callsRunning;
  readonly callsWaiting;
  readonly redisConfigured;
  readonly redisUp;
  readonly redisReasons;
  readonly deaf;
  readonly cacheBytes;
  readonly cacheLimit;
  readonly cacheEntries;
  readonly cacheEvictions;
  readonly auditAvailable;
  readonly auditQueue;
  readonly auditQueueBytes;
  readonly writes;
  readonly tenants;
  readonly tenantsFileOk;
  readonly tenantsFileRead;

  constructor(registry: Registry) {
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    this.ready = gauge('stagedoor_ready', 'Whether requests may be sent here (1), or it starts or drains (0).');
    this.degraded = new ClosedGauge({
      name: 'stagedoor_degraded',
      help: 'Whether readiness reports this as degraded (1).',
      labels: { reason: DEGRADED },
      registers,
    });
    this.breakers = new ClosedGauge({
      name: 'stagedoor_breaker_tenants',
      help: 'Tenants whose breaker for these calls is in this state; those that have made no call are not counted.',
      labels: { calls: BREAKER_CALLS, state: BREAKER_STATES },
      registers,
    });
    this.paused = new ClosedGauge({
      name: 'stagedoor_retry_after_tenants',
      help: 'Tenants whose calls to this service pause, as a Retry-After of Hubster runs.',
      labels: { service: [PORTAL, IDENTITY] },
      registers,
    });
    const byClass = { labels: { class: CALL_CLASSES }, registers };
    this.callsRunning = new ClosedGauge({
      name: 'stagedoor_upstream_calls_running',
      help: 'Calls to Hubster that run, by class.',
      ...byClass,
    });
    this.callsWaiting = new ClosedGauge({
      name: 'stagedoor_upstream_calls_waiting',
      help: 'Calls that wait for a slot of the bulkhead, by class.',
      ...byClass,
    });
    const byRole = { labels: { redis: REDIS_ROLES }, registers };
    this.redisConfigured = new ClosedGauge({
      name: 'stagedoor_redis_configured',
      help: 'Whether there is such a Redis (1).',
      ...byRole,
    });
    this.redisUp = new ClosedGauge({
      name: 'stagedoor_redis_up',
      help: 'Whether commands are sent to it (1); 0 too where none is configured.',
      ...byRole,
    });
    this.redisReasons = new ClosedGauge({
      name: 'stagedoor_redis_reason',
      help: 'Whether it is away, refuses or lacks something for this reason (1).',
      labels: { redis: REDIS_ROLES, reason: REDIS_REASONS },
      registers,
    });
    this.deaf = new ClosedGauge({
      name: 'stagedoor_bus_deaf',
      help: 'Whether messages of other replicas are not received (1): of changes to the cache, or of breakers and pauses.',
      labels: { channel: ['changes', 'hubster'] },
      registers,
    });
    this.cacheBytes = gauge('stagedoor_cache_bytes', 'Memory of the entries in the memory tier, overhead included.');
    this.cacheLimit = gauge('stagedoor_cache_limit_bytes', 'The most that they may take (CACHE_MEMORY_MB).');
    this.cacheEntries = gauge('stagedoor_cache_entries', 'Entries in the memory tier.');
    this.cacheEvictions = new Counter({
      name: 'stagedoor_cache_evictions_total',
      help: 'Entries that the memory tier dropped to make space.',
      registers,
    });
    this.auditAvailable = gauge(
      'stagedoor_audit_available',
      'Whether the trail can be written (1); if not, writes are 503.',
    );
    this.auditQueue = gauge('stagedoor_audit_queue_records', 'Audit records that are not stored yet.');
    this.auditQueueBytes = gauge('stagedoor_audit_queue_bytes', 'The memory that they take.');
    this.writes = new ClosedGauge({
      name: 'stagedoor_writes',
      help: 'Writes without a recorded outcome: under way (open), or after a 504 still looked for at Hubster (unknown).',
      labels: { state: ['open', 'unknown'] },
      registers,
    });
    this.tenants = gauge('stagedoor_tenants', 'Tenants of the configuration in force.');
    this.tenantsFileOk = gauge('stagedoor_tenants_file_ok', 'Whether the newest tenants file is in force (1).');
    this.tenantsFileRead = gauge(
      'stagedoor_tenants_file_loaded_timestamp_seconds',
      'When the tenants in force were loaded (Unix time).',
    );
  }
}
