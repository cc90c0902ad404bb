import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { Secret } from '../../secrets/secret';
import { parseUrl } from '../../secrets/url';
import type { RedisAddress } from '../redis-settings';
import type { VariableType } from './variable-types';

const EXPECTED = [
  'redis:// with one server and perhaps /database',
  'redis+cluster:// with one or more nodes separated by commas',
  'redis+sentinel:// with Sentinels separated by commas, /primary and perhaps /database',
  'rediss for TLS; user and password percent-encoded; a database from 0 to 15, none for a cluster',
].join('; ');

const MAX_LENGTH = 8192;
const URL_PARTS = /^redis(s?)(?:\+(cluster|sentinel))?:\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]+)(\/[^?#\s]*)?$/;
const DATABASE = /^(?:\d|1[0-5])$/;
const PRIMARY = /^[\w.-]{1,100}$/;
const DEFAULT_PORTS = { server: 6379, cluster: 6379, sentinel: 26_379 } as const;

/** The address of a Redis, which may contain a password. */
export function redisAddress(): VariableType<Secret<RedisAddress>> {
  return {
    expected: EXPECTED,
    secret: true,
    parse: (text) => {
      const address = parseAddress(text);
      if (!address) return undefined;
      KNOWN_SECRETS.remember('configured', Secret.of(text));
      KNOWN_SECRETS.remember('configured', Secret.of(address.password));
      return Secret.of(address);
    },
  };
}

function parseAddress(text: string): RedisAddress | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const parts = URL_PARTS.exec(asCluster(text));
  if (!parts) return undefined;
  const [, tls = '', kind, userInfo = '', list = '', path = ''] = parts;
  const topology = kind === 'cluster' || kind === 'sentinel' ? kind : 'server';
  const [first, ...others] = list.split(',').map((host) => hostOf(host, DEFAULT_PORTS[topology]));
  const place = placeOf(topology, path.slice(1));
  const user = userOf(userInfo);
  if (!first || !place || !user || (topology === 'server' && others.length > 0)) return undefined;
  const rest = others.filter((host) => host !== undefined);
  if (rest.length < others.length) return undefined;
  return { topology, hosts: [first, ...rest], ...place, hasTls: tls === 's', ...user };
}

/** Several URLs of servers, separated by commas, are a cluster too, with the user of the first. */
function asCluster(text: string): string {
  const [first = '', ...others] = text.split(/,(?=rediss?:\/\/)/);
  const scheme = first.slice(0, first.indexOf('://') + 3);
  if (others.length === 0) return text;
  if (!/^rediss?:/.test(scheme) || !others.every((url) => url.startsWith(scheme))) return '';
  const hosts = others.map((url) => url.slice(Math.max(scheme.length, url.lastIndexOf('@') + 1)));
  return [first.replace('://', '+cluster://'), ...hosts].join(',');
}

function hostOf(text: string, defaultPort: number) {
  const url = /^[^\\]+$/.test(text) ? parseUrl(`redis://${text}`) : undefined;
  if (!url || url.hostname === '' || url.port === '0' || url.pathname !== '') return undefined;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || defaultPort) };
}

/** The name of the primary and the database of a path. */
function placeOf(topology: RedisAddress['topology'], path: string) {
  if (topology === 'cluster') return path === '' ? { primary: '', database: 0 } : undefined;
  const [primary, database = '0', ...rest] = topology === 'sentinel' ? path.split('/') : ['', path || '0'];
  if (primary === undefined || rest.length > 0 || !DATABASE.test(database)) return undefined;
  if (topology === 'sentinel' && !PRIMARY.test(primary)) return undefined;
  return { primary, database: Number(database) };
}

function userOf(userInfo: string) {
  const colon = `${userInfo}:`.indexOf(':');
  try {
    return {
      username: decodeURIComponent(userInfo.slice(0, colon)),
      password: decodeURIComponent(userInfo.slice(colon + 1)),
    };
  } catch {
    return undefined;
  }
}
