import { join } from 'node:path';
import { Config, ConfigError } from '../config';
import { type DemoSecretKey, randomSecretKey } from './kept-secret-key';
import { fileReader, type ReadFile } from './read-file';
import { readMode } from './read-mode';
import { readRedis } from './read-redis';
import { readTraces } from './read-traces';
import { type Environment, VariableReader } from './variable-reader';

/** Options of Node that allow a debugger, write secrets to disk or standard error, or weaken TLS or the HTTP parser. */
const UNSAFE_OPTIONS = [
  'inspect',
  'inspect-brk',
  'inspect-wait',
  'tls-keylog',
  'trace-tls',
  'heapsnapshot-signal',
  'heapsnapshot-near-heap-limit',
  'insecure-http-parser',
  'tls-min-v1.0',
  'tls-min-v1.1',
];

interface ReadOptions {
  readonly readFile?: ReadFile;
  /** Whether the log goes to a terminal; default: whether standard output is one. */
  readonly isTerminal?: boolean;
  /** The options that Node was started with. */
  readonly execArgv?: readonly string[];
  /** Called in demo without `SECRET_KEY`; default: a random key. */
  readonly demoSecretKey?: () => DemoSecretKey;
}

/**
 * The configuration in `env`.
 * @throws {ConfigError} with every violation
 */
export function readConfig(
  env: Environment,
  {
    readFile = fileReader(),
    isTerminal = process.stdout.isTTY === true,
    execArgv = process.execArgv,
    demoSecretKey = randomSecretKey,
  }: ReadOptions = {},
): Config {
  const variables = new VariableReader(env, readFile);
  const config = configOf(variables, isTerminal, demoSecretKey);
  if (config.production) checkNodeOptions(env, execArgv, variables);
  if (variables.violations.length > 0) throw new ConfigError(variables.violations);
  return config;
}

function configOf(variables: VariableReader, isTerminal: boolean, demoSecretKey: () => DemoSecretKey): Config {
  const production = variables.read('NODE_ENV') === 'production';
  const mode = readMode(variables, production);
  const previousSecretKey = variables.read('SECRET_KEY_PREVIOUS');
  const levelFile = variables.fileOf('LOG_LEVEL');
  return {
    ...mode,
    production,
    http: http(variables, { production, demo: mode.mode === 'demo' }),
    ...secretKey(variables, production || mode.mode === 'service', demoSecretKey),
    ...(previousSecretKey && { previousSecretKey }),
    ...readRedis(variables),
    network: network(variables),
    cache: {
      freshMs: variables.read('CACHE_FRESH'),
      listFreshMs: variables.read('CACHE_LIST_FRESH'),
      staleMs: variables.read('CACHE_STALE'),
      errorStaleMs: variables.read('CACHE_ERROR_STALE'),
      memoryBytes: variables.read('CACHE_MEMORY_MB') * 1024 * 1024,
    },
    deadlines: {
      readMs: variables.read('READ_DEADLINE'),
      listMs: variables.read('LIST_DEADLINE'),
      writeMs: variables.read('WRITE_DEADLINE'),
    },
    audit: audit(variables),
    log: {
      level: variables.read('LOG_LEVEL'),
      ...(levelFile !== undefined && { levelFile }),
      format: variables.read('LOG_FORMAT') ?? (isTerminal ? 'pretty' : 'json'),
      sample: variables.read('LOG_SAMPLE'),
    },
    ...(mode.mode === 'demo' && { sandbox: sandbox(variables) }),
    ...readTraces(variables),
  };
}

function http(variables: VariableReader, { production, demo }: { production: boolean; demo: boolean }): Config['http'] {
  const port = variables.read('PORT');
  const managementPort = variables.read('MANAGEMENT_PORT');
  if (port !== 0 && port === managementPort) variables.violation('MANAGEMENT_PORT', 'another port than PORT');
  const managementTenants = variables.read('MANAGEMENT_TENANTS');
  if (managementTenants && managementPort === undefined)
    variables.violation('MANAGEMENT_PORT', 'a port, as MANAGEMENT_TENANTS is on');
  const publicUrl = variables.read('PUBLIC_URL');
  return {
    host: variables.read('HOST') ?? (demo ? '127.0.0.1' : '0.0.0.0'),
    port,
    ...(managementPort !== undefined && { managementPort }),
    managementTenants,
    maxConnections: variables.read('MAX_CONNECTIONS'),
    shutdownDelayMs: variables.read('SHUTDOWN_DELAY') ?? (production ? 5000 : 0),
    trustedProxies: variables.read('TRUSTED_PROXIES') ?? [],
    publicUrl: publicUrl?.href.slice(0, -1) ?? '',
    corsOrigins: variables.read('CORS_ORIGINS') ?? [],
    docs: variables.read('DOCS') ?? !production,
  };
}

/** Proxies and authorities for the calls to other services. */
function network(variables: VariableReader): Config['network'] {
  return {
    httpProxy: variables.readAgain('HTTP_PROXY'),
    httpsProxy: variables.readAgain('HTTPS_PROXY'),
    noProxy: variables.read('NO_PROXY') ?? [],
    hubsterCa: variables.readAgain('HUBSTER_CA'),
  };
}

function secretKey(
  variables: VariableReader,
  isService: boolean,
  demoSecretKey: () => DemoSecretKey,
): Pick<Config, 'secretKey' | 'secretKeySource'> {
  const secretKey = variables.read('SECRET_KEY');
  if (secretKey) return { secretKey, ...(!isService && { secretKeySource: { kind: 'variable' } }) };
  if (!isService && !variables.isSet('SECRET_KEY')) return demoSecretKey();
  if (!variables.isSet('SECRET_KEY')) variables.violation('SECRET_KEY', 'at least 32 bytes, as this is not the demo');
  return { secretKey: randomSecretKey().secretKey };
}

function sandbox(variables: VariableReader): NonNullable<Config['sandbox']> {
  return {
    host: variables.read('SANDBOX_HOST'),
    port: variables.read('SANDBOX_PORT'),
    quirks: variables.read('SANDBOX_QUIRKS'),
  };
}

function audit(variables: VariableReader): Config['audit'] {
  const store = variables.read('AUDIT_STORE');
  const dir = variables.read('AUDIT_DIR');
  const url = variables.read('AUDIT_DATABASE_URL');
  const ca = variables.read('AUDIT_DATABASE_CA');
  if (store === 'postgres' && !variables.isSet('AUDIT_DATABASE_URL'))
    variables.violation('AUDIT_DATABASE_URL', 'a URL, as AUDIT_STORE is postgres');
  return {
    store,
    dir,
    level: variables.read('AUDIT_LEVEL'),
    checkpointsDir: variables.read('AUDIT_CHECKPOINTS') ?? join(dir, 'checkpoints'),
    retentionMs: variables.read('AUDIT_RETENTION'),
    ...(store === 'postgres' && url && { database: { url, ...(ca !== undefined && { ca }) } }),
  };
}

/** Reports settings of Node that are unsafe in production. */
function checkNodeOptions(env: Environment, execArgv: readonly string[], variables: VariableReader): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    variables.violation('NODE_TLS_REJECT_UNAUTHORIZED', 'no value in production, as 0 accepts any certificate');
  const options = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/[\s"']+/)];
  // Node reads underscores as dashes.
  const names = new Set(options.map((option) => option.split('=')[0]?.replaceAll('_', '-')));
  const unsafe = UNSAFE_OPTIONS.filter((name) => names.has(`--${name}`));
  if (unsafe.length > 0)
    variables.violation(
      'NODE_OPTIONS',
      `no ${unsafe.map((name) => `--${name}`).join(', ')} in production, nor on the command line`,
    );
}
