import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress, RedisSettings } from '../config/redis-settings';
import { tlsOptions } from './redis-tls';

/**
 * Options that make the driver fail fast, against its defaults: it queues no command while offline, resends none after a
 * reconnection (a command without a reply may have run), and soon drops a dead socket.
 */
const FAIL_FAST = {
  lazyConnect: true,
  // CLIENT SETINFO would be one more permission.
  disableClientInfo: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  disconnectTimeout: 100,
  maxLoadingRetryTime: 500,
  // The limit of a command is `withinReplyLimit`; this one is for the handshake, and ends every pending command.
  commandTimeout: 500,
  sentinelCommandTimeout: 500,
  // It prints the user where INFO is not permitted; `RedisConnection` has a check of its own.
  enableReadyCheck: false,
} satisfies RedisOptions;

/** Delay before the given attempt to connect, in milliseconds, at most half a second. The number of attempts is unlimited. */
export function reconnectDelay(attempt: number): number {
  return Math.min(100 * attempt, 500);
}

type ClientOptions = Pick<RedisOptions, 'retryStrategy' | 'keyPrefix' | 'host' | 'port'>;

/** A driver that does not connect yet. */
export function createDriver(settings: RedisSettings): Redis | Cluster {
  const address = settings.address().reveal();
  if (address.topology === 'cluster') return createCluster(address, settings);
  const driver = createClient(address, settings, { keyPrefix: settings.prefix, retryStrategy: reconnectDelay });
  // Without this a connection whose database does not exist would use database 0.
  driver.on('error', (error: unknown) => isRefusedDatabase(error) && driver.disconnect(true));
  return driver;
}

/** Resolves after the first attempt; rejects if it failed. The driver goes on trying. */
export function connectOnce(driver: Redis | Cluster): Promise<unknown> {
  // While no Sentinel can be reached, `connect` is pending, and each round of attempts is an error.
  const failed = new Promise((_resolve, reject) => driver.once('error', reject));
  return Promise.race([driver.connect(), failed]);
}

/** A connection of its own, without reconnection, for messages. Each node of a cluster has every message: each attempt uses the next. */
export function createSubscriber(settings: RedisSettings, driver: Redis | Cluster, attempt: number): Redis {
  const address = settings.address().reveal();
  const retryStrategy = () => null;
  if (!(driver instanceof Cluster)) return createClient(address, settings, { retryStrategy });
  const known = driver.nodes().map(({ options: { host = '', port = 0 } }) => ({ host, port }));
  const nodes = [...address.hosts, ...known];
  return createClient(address, settings, { retryStrategy, ...nodes[attempt % nodes.length] });
}

function createCluster({ hosts }: RedisAddress, settings: RedisSettings): Cluster {
  const cluster = new Cluster([...hosts], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    maxRedirections: 4,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    slotsRefreshTimeout: 500,
    keyPrefix: settings.prefix,
    // A certificate may be for the name of a node, so the socket has to know it.
    dnsLookup: (name, callback) => callback(null, name),
    redisOptions: FAIL_FAST,
  });
  // The driver makes each node without a connection, which is made for the first command.
  cluster.on('+node', (node: Redis) => readCredentialsAgain(node, settings));
  return cluster;
}

function createClient(address: RedisAddress, settings: RedisSettings, options: ClientOptions): Redis {
  const { topology, hosts, primary, database, hasTls } = address;
  const sentinel = {
    sentinels: [...hosts],
    name: primary,
    enableTLSForSentinelMode: hasTls,
    sentinelRetryStrategy: reconnectDelay,
  };
  const place = topology === 'sentinel' ? sentinel : hosts[0];
  // The driver checks there whether the server is still the primary.
  const ofSentinels = topology === 'sentinel' ? { enableReadyCheck: true } : {};
  const client = new Redis({ ...FAIL_FAST, ...place, ...ofSentinels, db: database, ...options });
  readCredentialsAgain(client, settings);
  return client;
}

/** The driver reads these options at each connection, and copies them for connections of its own to the same node. */
function readCredentialsAgain({ options }: Redis, settings: RedisSettings): void {
  const address = () => settings.address().reveal();
  const tls = () => (address().hasTls ? tlsOptions(address().hosts, settings.certificates()) : undefined);
  const read = (get: () => unknown) => ({ get, enumerable: true, configurable: true });
  Object.defineProperties(options, {
    username: read(() => address().username || null),
    password: read(() => address().password || null),
    sentinelPassword: read(() => settings.sentinelPassword()?.reveal() ?? null),
    tls: read(tls),
    sentinelTLS: read(tls),
  });
}

/** Whether the error is the reply to SELECT. */
function isRefusedDatabase(error: unknown): boolean {
  if (!(error instanceof Error) || !('command' in error)) return false;
  const { command } = error;
  return typeof command === 'object' && command !== null && 'name' in command && command.name === 'select';
}
