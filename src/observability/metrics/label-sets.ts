/**
 * The values of every label that is known before the first request. Types of other modules are derived from these sets, or are checked
 * against them where they are counted, so that no value can appear that is not here.
 */

/** Operations at Hubster. */
export const UPSTREAM_OPERATIONS = [
  'get',
  'list-by-channel',
  'list',
  'create',
  'update',
  'delete',
  'verify-token',
  'token',
] as const;
export type UpstreamOperation = (typeof UPSTREAM_OPERATIONS)[number];

/** Outcomes that are sent again, as a further attempt may succeed. */
export const RETRY_REASONS = [
  'rate-limited',
  'unavailable',
  'request-timeout',
  'server-error',
  'gateway',
  'never-sent',
  'reset',
  'no-response',
] as const;
export type RetryReason = (typeof RETRY_REASONS)[number];

/** What an attempt comes to. */
export const ATTEMPT_OUTCOMES = [
  'ok',
  ...RETRY_REASONS,
  'unauthorized',
  'forbidden',
  'not-found',
  'rejected',
  'refused',
  'redirect',
  'client-refused',
  'unexpected-status',
  'unreadable',
  'deadline',
  'short-circuited',
] as const;

/** Why a failed call is not sent again. */
export const FINAL_REASONS = [
  'final',
  'ambiguous',
  'attempts-spent',
  'wait-too-long',
  'no-time',
  'budget-spent',
] as const;
export type FinalReason = (typeof FINAL_REASONS)[number];

export const SHORT_CIRCUITS = ['breaker', 'bulkhead', 'retry-after'] as const;

/** Deviations of Hubster's responses from its documentation. */
export const QUIRKS = [
  'configuration-as-text',
  'extra-field',
  'foreign-item',
  'hub-in-list',
  'key-case',
  'alias-key',
  'number-for-name',
  'repeated-key',
  'type-mismatch',
  'unknown-channel',
  'unknown-type',
  'unreadable-item',
] as const;

export const UPSTREAM_SERVICES = ['portal', 'identity', 'jwks'] as const;

export const TRANSPORT_CAUSES = [
  'proxy',
  'proxy-auth',
  'dns',
  'refused',
  'unreachable',
  'tls',
  'timeout',
  'reset',
  'other',
] as const;

/** Where a response came from: a tier, a stale entry, Hubster (and why), the call of another request, or nowhere. */
export const CACHE_RESULTS = [
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

/** Why a command of Redis or a connection to it fails. */
export const REDIS_REASONS = [
  'auth',
  'permission',
  'tls',
  'name',
  'refused',
  'timeout',
  'oom',
  'readonly',
  'moved',
  'loading',
  'version',
  'policy',
  'other',
] as const;

/** Every command that is sent to Redis, also in scripts. */
export const REDIS_COMMANDS = [
  'PING',
  'TIME',
  'SET',
  'GET',
  'GETRANGE',
  'APPEND',
  'RENAME',
  'TTL',
  'PTTL',
  'EXPIRE',
  'PEXPIRE',
  'EVAL',
  'HSET',
  'HINCRBY',
  'HGET',
  'HGETALL',
  'HDEL',
  'ZADD',
  'ZSCORE',
  'ZRANGE',
  'ZRANGEBYSCORE',
  'ZREMRANGEBYRANK',
  'DEL',
  'SUBSCRIBE',
  'PUBLISH',
] as const;
export type RedisCommand = (typeof REDIS_COMMANDS)[number];

/** The Redis of `REDIS_URL`, and that of `REDIS_COORDINATION_URL`. */
export const REDIS_ROLES = ['redis', 'redis-coordination'] as const;

/** What readiness reports; of Redis without its reason, which has a metric of its own. */
export const DEGRADED = ['audit', 'hubster', 'idempotency', 'tenants', ...REDIS_ROLES] as const;

/** The calls that share a breaker. */
export const BREAKER_CALLS = ['read', 'write', 'token'] as const;

/** `half-open`: its pause is over, and one call tests whether Hubster works. */
export const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/** The classes of calls that have limits of their own. */
export const CALL_CLASSES = ['read', 'write', 'reconcile', 'token', 'probe'] as const;
