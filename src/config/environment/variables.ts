import { databaseUrl } from './database-url';
import { network } from './network/network';
import { noProxyRule, proxyAddress } from './network/proxy-variables';
import { attributePairs, headerPairs, spansUrl } from './otel-types';
import { redisAddress } from './redis-address';
import {
  baseUrl,
  certificates,
  choice,
  duration,
  flag,
  integer,
  list,
  origin,
  privateKey,
  secret,
  share,
  text,
  type VariableType,
} from './variable-types';

/** A variable of the environment. `T` includes undefined for a variable without a default, or with one that depends on others. */
interface ConfigVariable<T> {
  readonly type: VariableType<NonNullable<T>>;
  readonly fallback: T;
  /** The default as the documentation shows it. */
  readonly defaultText: string;
  readonly about: string;
}

function optional<T>(type: VariableType<T & {}>, about: string, defaultText = '–'): ConfigVariable<T | undefined> {
  return { type, fallback: undefined, defaultText, about };
}

function defaulted<T extends {}>(type: VariableType<T>, defaultText: string, about: string): ConfigVariable<T> {
  const fallback = type.parse(defaultText);
  if (fallback === undefined) throw new Error(`A default is not ${type.expected}.`);
  return { type, fallback, defaultText, about };
}

const port = integer(0, 65_535);
const deadline = duration('100ms', '5m');
const cacheTime = duration('0s', '1d');
const path = text('a path');
const milliseconds = integer(1, 600_000);
const spanCount = integer(1, 100_000);

const VARIABLES = {
  NODE_ENV: optional(text('a name'), '`production` rejects the demo and plain http'),
  HOST: optional(
    text('a host name or address', /^\S+$/),
    'the address that callers connect to',
    '127.0.0.1 in demo, else 0.0.0.0',
  ),
  PORT: defaulted(port, '3000', 'the port that callers connect to; 0: a free port'),
  MANAGEMENT_PORT: optional(port, 'the port of health and metrics, in place of `PORT`'),
  MANAGEMENT_TENANTS: defaulted(
    flag(),
    'off',
    '`/tenants` on `MANAGEMENT_PORT`: requests, limits and state of each tenant',
  ),
  MAX_CONNECTIONS: defaulted(
    integer(1, 1_000_000),
    '4096',
    'connections of clients at a time; never more than three quarters of the open files that the system allows',
  ),
  SHUTDOWN_DELAY: optional(
    duration('0s', '5m'),
    'how long requests are accepted after SIGTERM, until load balancers notice',
    '5s in production, else 0s',
  ),
  TRUSTED_PROXIES: optional(
    list(network()),
    'the load balancers and proxies whose `Forwarded` or `X-Forwarded-For` has the address of the client, separated by commas',
  ),
  PUBLIC_URL: optional(
    baseUrl(),
    'where clients reach Stagedoor, with the path that a gateway removes; for links, problem types and the OpenAPI document',
  ),
  CORS_ORIGINS: optional(list(origin()), 'the browser origins that may call, separated by commas'),
  DOCS: optional(
    flag(),
    'the start page at `/` and Swagger UI at `/docs`; `/openapi.json` is always served',
    'on outside production',
  ),

  HUBSTER_PORTAL_URL: optional(baseUrl(), 'Hubster’s portal API; without any Hubster address and tenant: the demo'),
  HUBSTER_IDENTITY_URL: optional(baseUrl(), 'Hubster’s identity service'),
  HUBSTER_ALLOWED_ORIGINS: optional(
    list(origin()),
    'the other Hubster services that the tenants file may name for a tenant, separated by commas',
  ),
  HUBSTER_CA: optional(certificates(), 'authorities that Hubster’s certificates may have, besides those of Node'),
  HTTPS_PROXY: optional(proxyAddress(), 'the proxy for Hubster and the keys of issuers; `https_proxy` is read first'),
  HTTP_PROXY: optional(proxyAddress(), 'the same, where their URL is http; `http_proxy` is read first'),
  NO_PROXY: optional(
    list(noProxyRule()),
    'hosts, with the names below them, that are reached without a proxy, separated by commas, as the loopback is always; `no_proxy` is read first',
  ),
  DANGEROUSLY_ALLOW_HTTP: defaulted(flag(), 'off', 'plain http to other hosts than loopback; never in production'),
  TENANTS_FILE: optional(path, 'the tenants and callers'),
  HUBSTER_CLIENT_ID: optional(text('a client id', /^\S+$/), 'one tenant and no file: its Hubster client'),
  HUBSTER_CLIENT_SECRET: optional(secret(text('a client secret')), 'one tenant and no file: its Hubster secret'),
  STAGEDOOR_API_KEY: optional(
    secret(text('at least 16 characters of printable ASCII without spaces', /^[\x21-\x7e]{16,4096}$/)),
    'one tenant and no file: the API key of its caller',
  ),

  SECRET_KEY: optional(
    secretKey(),
    'every key of Stagedoor is derived from this one',
    'kept in data/demo-secret-key in demo, else required',
  ),
  SECRET_KEY_PREVIOUS: optional(secretKey(), 'the other key of a rotation: accepted, not used'),

  REDIS_URL: optional(redisAddress(), 'shares cache, limits and idempotency between replicas; unset: in-process'),
  REDIS_COORDINATION_URL: optional(
    redisAddress(),
    'a second Redis for idempotency, limits, locks and retired keys, apart from the cache',
    'REDIS_URL',
  ),
  REDIS_PREFIX: optional(
    text('1 to 64 of letters, digits, colons, dots, dashes and underscores', /^[\w:.-]{1,64}$/),
    'before each key and channel; separates deployments that share a Redis',
  ),
  REDIS_SENTINEL_PASSWORD: optional(secret(text('a password')), 'the password of the Sentinels, if they have one'),
  REDIS_CA: optional(certificates(), 'the authorities that sign the certificates of Redis', 'those of Node'),
  REDIS_CLIENT_CERT: optional(certificates(), 'the certificate that Stagedoor shows to Redis'),
  REDIS_CLIENT_KEY: optional(secret(privateKey()), 'the key of that certificate'),
  CACHE_FRESH: defaulted(cacheTime, '30s', 'how long one integration is fresh'),
  CACHE_LIST_FRESH: defaulted(cacheTime, '15s', 'how long a list is fresh'),
  CACHE_STALE: defaulted(cacheTime, '30s', 'how long it is then served while it is loaded again'),
  CACHE_ERROR_STALE: defaulted(cacheTime, '5m', 'how long it is then served while Hubster fails'),
  CACHE_MEMORY_MB: defaulted(integer(1, 65_536), '64', 'size of the memory tier in MiB'),

  READ_DEADLINE: defaulted(deadline, '8s', 'for reading one integration, all attempts and delays included'),
  LIST_DEADLINE: defaulted(deadline, '10s', 'for reading a list'),
  WRITE_DEADLINE: defaulted(deadline, '15s', 'for a write'),

  AUDIT_STORE: defaulted(auditStore(), 'file', '`postgres` where replicas share a trail'),
  AUDIT_DATABASE_URL: optional(
    secret(databaseUrl()),
    'the database of the audit trail, if `AUDIT_STORE` is `postgres`',
  ),
  AUDIT_DATABASE_CA: optional(
    text('certificates in PEM', /-----BEGIN CERTIFICATE-----/),
    'certificates that the one of the database is checked against, in place of those of the system',
  ),
  AUDIT_DIR: defaulted(path, './data/audit', 'the directory of the audit trail'),
  AUDIT_LEVEL: defaulted(choice('writes', 'all'), 'writes', '`all` records reads too'),
  AUDIT_CHECKPOINTS: optional(path, 'the directory of signed checkpoints', 'AUDIT_DIR/checkpoints'),
  AUDIT_RETENTION: defaulted(duration('1d', '36500d'), '400d', 'how long records are kept'),

  LOG_LEVEL: defaulted(
    choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'the lowest level that is logged',
  ),
  LOG_FORMAT: optional(
    choice('json', 'ecs', 'otel', 'pretty'),
    'the format of log lines: plain JSON, Elastic Common Schema, data model of OpenTelemetry, or for people',
    'pretty on a terminal, else json',
  ),
  LOG_SAMPLE: defaulted(share(), '1', 'share of successful cached reads that are logged'),

  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    baseUrl(),
    'the receiver of traces, to which `v1/traces` is added; unset: no traces',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(spansUrl(), 'the same as a whole address, in its place'),
  OTEL_EXPORTER_OTLP_PROTOCOL: defaulted(
    choice('http/protobuf', 'http/json'),
    'http/protobuf',
    'how spans are encoded',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: optional(headerPairs(), 'headers of each export, such as the key of the receiver'),
  OTEL_EXPORTER_OTLP_TIMEOUT: defaulted(milliseconds, '10000', 'of one export and its repetitions, in milliseconds'),
  OTEL_TRACES_EXPORTER: defaulted(choice('otlp', 'none'), 'otlp', '`none`: no traces'),
  OTEL_SDK_DISABLED: defaulted(flag(), 'off', '`on`: no traces'),
  OTEL_TRACES_SAMPLER: defaulted(
    choice(
      ...(['always_on', 'always_off', 'traceidratio'] as const),
      ...(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const),
    ),
    'parentbased_always_on',
    'which traces are recorded; with `parentbased_` the flag of the caller decides, if it sends one',
  ),
  OTEL_TRACES_SAMPLER_ARG: defaulted(share(), '1', 'the share that the samplers `…traceidratio` record'),
  OTEL_SERVICE_NAME: optional(text('a name'), 'the name of the service in its spans', 'stagedoor'),
  OTEL_RESOURCE_ATTRIBUTES: optional(attributePairs(), 'further attributes of the process in its spans'),
  OTEL_BSP_SCHEDULE_DELAY: defaulted(milliseconds, '5000', 'between two exports, in milliseconds'),
  OTEL_BSP_EXPORT_TIMEOUT: defaulted(milliseconds, '30000', 'until the next export may start, in milliseconds'),
  OTEL_BSP_MAX_QUEUE_SIZE: defaulted(spanCount, '2048', 'spans that wait for an export; further ones are dropped'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: defaulted(spanCount, '512', 'spans of one export'),

  SANDBOX_HOST: defaulted(text('a host name or address', /^\S+$/), '127.0.0.1', 'the address of the sandbox'),
  SANDBOX_PORT: defaulted(port, '3001', 'the port of the sandbox'),
  SANDBOX_QUIRKS: defaulted(flag(), 'on', 'whether the sandbox has Hubster’s inconsistencies'),
};

function secretKey() {
  const expected = 'at least 32 bytes';
  return secret({ expected, parse: (value) => (Buffer.byteLength(value) >= 32 ? value : undefined) });
}

function auditStore() {
  const store = choice('file', 'postgres');
  return { ...store, expected: `${store.expected}; redis is no longer a choice: use postgres and AUDIT_DATABASE_URL` };
}

export type VariableName = keyof typeof VARIABLES;

/** The value of each variable, by name. */
export type VariableValues = {
  readonly [N in VariableName]: (typeof VARIABLES)[N] extends ConfigVariable<infer T> ? T : never;
};

/** Every variable of Stagedoor; each has a `NAME_FILE` form. Code, tests and docs read this table. */
export const CONFIG_VARIABLES: { readonly [N in VariableName]: ConfigVariable<VariableValues[N]> } = VARIABLES;
