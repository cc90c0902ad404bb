import type { Logger } from './logger';

/** The level and the message of every log line, except those of requests. */
export const LOG_EVENTS = {
  'access.keys-unavailable': ['warn', 'The keys of an issuer cannot be fetched'],
  'audit.available': ['info', 'The audit trail can be written again'],
  'audit.checkpoint': ['info', 'The end of the audit trail was signed: keep the anchor for audit:verify --at-least'],
  'audit.checkpoint-missing': ['warn', 'A checkpoint of the audit trail could not be written'],
  'audit.clock-jumped': [
    'warn',
    'The clock is far from the last line of the audit trail: retention does not follow it for a week',
  ],
  'audit.not-sealed': ['error', 'The audit trail could not be sealed'],
  'audit.retention': ['info', 'Old parts of the audit trail were removed'],
  'audit.retention-failed': ['warn', 'Old parts of the audit trail could not be removed'],
  'audit.unavailable': ['error', 'The audit trail cannot be written: writes are refused'],
  'hubster.no-response': ['warn', 'Hubster gives no response'],
  'log.lines-dropped': ['warn', 'Lines of the log were dropped, as they were not read in time'],
  'redis.not-configured': [
    'warn',
    'No REDIS_URL: cache, limits, idempotency and the order of writes hold for this one process only',
  ],
  'traces.unsupported': ['warn', 'OTEL_EXPORTER_OTLP_ENDPOINT is set, but no traces are made yet'],
  'server.listening': ['info', 'Requests are taken'],
  'server.connection-limit': [
    'warn',
    'The limit of connections is reached: connections without accepted credentials are closed for new ones, or new ones are rejected',
  ],
  'server.stopping': ['info', 'A signal to stop was received'],
  'server.stopped': ['info', 'The service has stopped'],
  'redis.available': ['info', 'Redis is used again'],
  'redis.unavailable': ['warn', 'Redis does not answer: going on without it'],
  'tenants.reload-failed': ['error', 'The tenants file is not valid: the one before stays'],
  'tenants.reloaded': ['info', 'The tenants file was read again'],
  'writes.reconciled': ['info', 'Writes that were left open are settled'],
  'webhooks.key-not-shared': ['warn', 'A retired signing key is known to this process only, as Redis is away'],
} as const satisfies Readonly<Record<string, readonly ['info' | 'warn' | 'error', string]>>;

export type LogEvent = keyof typeof LOG_EVENTS;

/** Logs an event. `facts`: further members of the line, none of which may be secret. */
export function logEvent(logger: Logger, event: LogEvent, facts: Readonly<Record<string, unknown>> = {}): void {
  const [level, message] = LOG_EVENTS[event];
  logger[level]({ event, ...facts }, message);
}
