import type { Logger } from './logger';

/** The level and the message of every log line, except those of requests. */
export const LOG_EVENTS = {
  'access.keys-unavailable': ['warn', 'The keys of an issuer cannot be fetched'],
  'audit.available': ['info', 'The audit trail is writable again'],
  'audit.checkpoint': [
    'info',
    'The end of the audit trail was signed: keep the anchor for stagedoor audit verify --at-least',
  ],
  'audit.checkpoint-missing': ['warn', 'A checkpoint of the audit trail could not be written'],
  'audit.clock-jumped': [
    'warn',
    'The clock is far from the last line of the audit trail: retention does not follow it for a week',
  ],
  'audit.index-failed': [
    'warn',
    'An index of the audit trail could not be made: its part of the trail is read as a whole',
  ],
  'audit.not-sealed': ['error', 'The audit trail could not be sealed'],
  'audit.retention': ['info', 'Old parts of the audit trail were removed'],
  'audit.retention-failed': ['warn', 'Old parts of the audit trail could not be removed'],
  'audit.this-replica-only': [
    'warn',
    'REDIS_URL is set and the audit trail is in files: each replica shows its own events',
  ],
  'audit.unavailable': ['error', 'The audit trail cannot be written: writes are rejected'],
  'cache.not-stored': ['debug', 'A response of Hubster was not stored in the cache'],
  'cache.read': ['debug', 'A read was not served by an entry that is ready in memory'],
  'hubster.breaker-closed': ['info', 'Hubster is called again for this tenant'],
  'hubster.breaker-opened': [
    'warn',
    'Calls to Hubster for this tenant have failed too often: they are not sent for a while',
  ],
  'hubster.gate-closed': ['debug', 'Hubster has sent Retry-After: calls for this tenant are not sent until then'],
  'hubster.gate-waits': ['debug', 'A call waits for the end of a Retry-After'],
  'hubster.no-response': ['warn', 'Hubster does not respond'],
  'log.level-changed': ['info', 'The log level has changed'],
  'log.level-invalid': ['error', 'LOG_LEVEL_FILE has no log level: the one before stays in force'],
  'hubster.not-sent': ['debug', 'A call to Hubster was not sent'],
  'hubster.retry': ['debug', 'An attempt at Hubster has failed: it is sent again, or not'],
  'limits.rejected': ['debug', 'A request was rejected, as a rate limit is exhausted'],
  'log.lines-dropped': ['warn', 'Log lines were dropped because they were not read in time'],
  'redis.not-configured': [
    'warn',
    'REDIS_URL is not set: cache, limits, idempotency and write locks are local to this process',
  ],
  'traces.unsupported': ['warn', 'OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces are not supported yet'],
  'server.listening': ['info', 'The service listens for requests'],
  'server.connection-limit': [
    'warn',
    'The limit of connections is reached: connections without accepted credentials are closed for new ones, or new ones are rejected',
  ],
  'server.ready': ['info', 'The service is ready'],
  'server.overloaded': ['warn', 'The event loop is saturated: requests that are no cache hits are rejected'],
  'server.stopping': ['info', 'A signal to stop was received'],
  'server.draining': ['info', 'No new connections are accepted: received requests are finished'],
  'server.stopped': ['info', 'The service has stopped'],
  'redis.available': ['info', 'Redis is used again'],
  'redis.evicts': [
    'warn',
    'Redis removes keys when it is full, those of idempotency too: a repeated request may run twice. Set maxmemory-policy to noeviction',
  ],
  'redis.missing': ['warn', 'The self-test of Redis has found that something is missing'],
  'redis.never-available': [
    'error',
    'Redis is configured and has not worked since the start: check REDIS_URL. The service continues without it',
  ],
  'redis.refused': ['warn', 'Redis is there and refuses a command'],
  'redis.unavailable': ['warn', 'Redis is unavailable: the service continues without it'],
  'redis.unverified': ['info', 'Redis does not show its version or eviction policy, as INFO is not permitted'],
  'tenants.reload-failed': ['error', 'The tenants file is invalid: the previous one stays in use'],
  'tenants.reloaded': ['info', 'The tenants file was reloaded'],
  'writes.reconciled': ['info', 'Writes without an outcome were reconciled'],
  'webhooks.key-not-shared': ['warn', 'A retired signing key is known to this process only, as Redis is unavailable'],
} as const satisfies Readonly<Record<string, readonly ['debug' | 'info' | 'warn' | 'error', string]>>;

export type LogEvent = keyof typeof LOG_EVENTS;

/** Logs an event. `facts`: further members of the line, none of which may be secret. */
export function logEvent(logger: Logger, event: LogEvent, facts: Readonly<Record<string, unknown>> = {}): void {
  const [level, message] = LOG_EVENTS[event];
  if (!logger.isLevelEnabled(level)) return;
  logger[level]({ event, ...facts }, message);
}
