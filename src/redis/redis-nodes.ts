import type { Secret } from '../secrets/secret';

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
