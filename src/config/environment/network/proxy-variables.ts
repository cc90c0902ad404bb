import { KNOWN_SECRETS } from '../../../secrets/known-secrets';
import { Secret } from '../../../secrets/secret';
import { parseUrl } from '../../../secrets/url';
import type { NoProxyRule, ProxyAddress } from '../../network-settings';
import type { VariableType } from '../variable-types';
import { parseNetwork } from './network';

const PROXY = /^(?<scheme>https?):\/\/(?:(?<user>[^@/?#\\\s]+)@)?[^@/?#\\\s]+\/?$/i;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** The address of a proxy, which may have a user and a password. */
export function proxyAddress(): VariableType<Secret<ProxyAddress>> {
  return {
    expected: 'http://HOST:PORT or https://HOST:PORT, perhaps with USER:PASSWORD@, percent-encoded',
    secret: true,
    parse: (text) => {
      const { scheme = '', user } = PROXY.exec(text)?.groups ?? {};
      const url = scheme === '' ? undefined : parseUrl(text);
      const credentials = user === undefined ? undefined : decoded(user);
      if (!url || url.port === '0' || (user !== undefined && credentials === undefined)) return undefined;
      const authorization = credentials === undefined ? undefined : remembered(text, credentials);
      return Secret.of({
        hasTls: url.protocol === 'https:',
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port || DEFAULT_PORTS[scheme.toLowerCase()]),
        ...(authorization !== undefined && { authorization }),
      });
    },
  };
}

/** The value of `Proxy-Authorization` (RFC 7617). */
function remembered(text: string, credentials: string): string {
  const encoded = Buffer.from(credentials.includes(':') ? credentials : `${credentials}:`).toString('base64');
  const password = credentials.slice(credentials.indexOf(':') + 1);
  for (const secret of [text, encoded, password]) KNOWN_SECRETS.remember('configured', Secret.of(secret));
  return `Basic ${encoded}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const HOST = /^(?:\*?\.)?(?<host>[\w.-]{1,253}|\[[\da-f:.]{2,45}\]|\*)(?::(?<port>\d{1,5}))?$/i;

/** One item of `NO_PROXY`. */
export function noProxyRule(): VariableType<NoProxyRule> {
  return {
    expected: 'a host, a network such as 10.0.0.0/8, or *, perhaps with a port',
    parse: (text) => {
      const network = parseNetwork(text);
      if (network) return { network };
      const { host, port } = HOST.exec(text)?.groups ?? {};
      if (host === undefined) return undefined;
      const address = host.startsWith('[') ? parseNetwork(host.slice(1, -1))?.address : host;
      if (address === undefined) return undefined;
      return { host: address.toLowerCase(), ...(port !== undefined && { port: Number(port) }) };
    },
  };
}
