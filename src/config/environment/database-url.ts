import { parseUrl } from '../../secrets/url';
import type { VariableType } from './variable-types';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
const DEFAULT_PORT = 5432;

/** A PostgreSQL server, and who connects to it. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `ca`: the certificate is checked, but not for which host it is. */
  readonly tls: 'off' | 'ca' | 'full';
}

/** A `postgres://` URL. */
export function databaseUrl(): VariableType<string> {
  return {
    expected:
      'a postgres://USER:PASSWORD@HOST:PORT/DATABASE URL, user and password percent-encoded, with no other parameter than ' +
      'sslmode: disable, verify-ca, verify-full or require, which is the same as verify-full',
    parse: (value) => (addressOf(value) ? value : undefined),
  };
}

/** Undefined for any other text. Without `sslmode` TLS is used for every host but the loopback. */
export function addressOf(text: string): DatabaseAddress | undefined {
  const url = /^postgres(ql)?:\/\/\S+$/.test(text) ? parseUrl(text) : undefined;
  if (!url || url.hostname === '' || url.port === '0' || url.hash !== '') return undefined;
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decoded);
  if (!user || password === undefined || !database || database.includes('/')) return undefined;
  if ([...url.searchParams.keys()].some((name) => name !== 'sslmode')) return undefined;
  const fallback = LOOPBACK.test(url.hostname) ? 'disable' : 'verify-full';
  const mode = SSL_MODES.find((known) => known === (url.searchParams.get('sslmode') ?? fallback));
  if (!mode) return undefined;
  const tls = mode === 'disable' ? 'off' : mode === 'verify-ca' ? 'ca' : 'full';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port || DEFAULT_PORT), user, password, database, tls };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
