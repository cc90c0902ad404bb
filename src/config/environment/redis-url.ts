import { parseUrl } from '../../secrets/url';
import type { VariableType } from './variable-types';

/** Redis has 16 databases by default; a cluster has one. */
const DATABASE = /^\/?$|^\/(\d|1[0-5])$/;

/** One Redis server, or the nodes of a cluster; the URLs may contain a password. */
export function redisUrl(): VariableType<string> {
  return {
    expected:
      'a redis:// or rediss:// URL, its password percent-encoded, its path empty or a database from 0 to 15; ' +
      'or several of one scheme without path, separated by commas',
    parse: (value) => {
      const nodes = value.split(',');
      const schemes = new Set(nodes.map((node) => node.slice(0, node.indexOf(':'))));
      const isCluster = nodes.length > 1;
      return schemes.size === 1 && nodes.every((node) => isNode(node, isCluster)) ? value : undefined;
    },
  };
}

function isNode(text: string, isCluster: boolean): boolean {
  const url = /^rediss?:\/\/\S+$/.test(text) ? parseUrl(text) : undefined;
  if (!url) return false;
  const { hostname, port, pathname, search, hash, username, password } = url;
  if (hostname === '' || port === '0' || search !== '' || hash !== '') return false;
  return (
    isDecodable(username) && isDecodable(password) && DATABASE.test(pathname) && !(isCluster && pathname.length > 1)
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
