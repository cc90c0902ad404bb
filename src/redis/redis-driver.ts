import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisNode } from './redis-nodes';

/**
 * What keeps the driver from waiting: it queues nothing while offline, repeats nothing after a reconnection (a command
 * without a reply may have been carried out) and lets go of a dead socket soon. Its defaults do the opposite.
 */
export const PROMPT = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  disconnectTimeout: 100,
  maxLoadingRetryTime: 500,
  // The limit of a command is `withinReplyLimit`; this one is for the handshake, and so that nothing stays pending.
  commandTimeout: 500,
  // After a failover the socket may lead to the former primary: a new connection resolves the name again.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

/** How long to wait before the given attempt to connect, in milliseconds; for ever, never over half a second. */
export function reconnectDelay(attempt: number): number {
  return Math.min(100 * attempt, 500);
}

/** One node is a server of its own, several are a cluster. Nothing is connected yet. */
export function createDriver([first, ...others]: readonly [RedisNode, ...RedisNode[]]): Redis | Cluster {
  if (others.length === 0) return new Redis({ ...first, ...PROMPT, retryStrategy: reconnectDelay });
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
    redisOptions: { ...PROMPT, ...(username && { username }), ...(password && { password }), ...(tls && { tls }) },
  });
}
