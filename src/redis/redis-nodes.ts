import type { Secret } from '../secrets/secret';

/** Where a Redis server listens. Lives only between the URL and the driver, as it holds the password in the clear. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

/** One node of `redis://` or `rediss://`, or the comma-separated nodes of a cluster. Options in a query are not taken. */
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
