import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Secret } from '../secrets/secret';

/**
 * Options that make the driver fail fast, against its defaults: it queues no command while offline, resends none after a
 * reconnection (a command without a reply may have run), and soon drops a dead socket.
 */
export const FAIL_FAST = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  disconnectTimeout: 100,
  maxLoadingRetryTime: 500,
  // The limit of a command is `withinReplyLimit`; this one is for the handshake, and ends every pending command.
  commandTimeout: 500,
} satisfies RedisOptions;

/** The address of a Redis server. Not stored beyond this module, as it has the password in the clear. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

/** The node of a `redis://` or `rediss://` URL, or the nodes of a cluster, separated by commas. */
export function redisNodes(url: Secret): readonly [RedisNode, ...RedisNode[]] {
  const [first = '', ...others] = url.reveal().split(',');
  return [redisNode(first), ...others.map(redisNode)];
}

function redisNode(address: string): RedisNode {
  const { protocol, hostname, port, pathname, username, password } = new URL(address);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    db: Number(pathname.slice(1) || 0),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** Delay before the given attempt to connect, in milliseconds, at most half a second. The number of attempts is unlimited. */
export function reconnectDelay(attempt: number): number {
  return Math.min(100 * attempt, 500);
}

/** A single server for one node, a cluster for several. Does not connect yet. */
export function createDriver([first, ...others]: readonly [RedisNode, ...RedisNode[]]): Redis | Cluster {
  // The driver's ready check prints the user where INFO is not permitted; `RedisConnection` has one of its own.
  if (others.length === 0)
    return new Redis({ ...first, ...FAIL_FAST, enableReadyCheck: false, retryStrategy: reconnectDelay });
  const { username, password, tls } = first;
  return new Cluster([first, ...others], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    maxRedirections: 4,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    slotsRefreshTimeout: 500,
    redisOptions: {
      ...FAIL_FAST,
      enableReadyCheck: false,
      ...(username && { username }),
      ...(password && { password }),
      ...(tls && { tls }),
    },
  });
}
