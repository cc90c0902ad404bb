import type { TRANSPORT_CAUSES } from './metrics/label-sets';

/** The cause of a missing response. A closed set, because texts of a driver or a peer are untrusted. */
export type TransportCause = (typeof TRANSPORT_CAUSES)[number];

/** `fetch` wraps the error of the connection in one or two of its own. */
const MAX_DEPTH = 3;

const CAUSES: readonly (readonly [RegExp, TransportCause])[] = [
  [/^PROXY$/, 'proxy'],
  [/^PROXY_AUTH$/, 'proxy-auth'],
  [/^(ENOTFOUND|EAI_[A-Z]+|EDNS[A-Z]*|ENODATA|ESERVFAIL)$/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/, 'unreachable'],
  [/^(ETIMEDOUT|UND_ERR_[A-Z]+_TIMEOUT)$/, 'timeout'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
  // Error names of OpenSSL for certificates, and those of Node.
  [
    /^(EPROTO|ERR_(TLS|SSL)_\w+|CERT_\w+|UNABLE_TO_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|CRL_\w+|ERROR_IN_CERT_\w+|PATH_LENGTH_EXCEEDED)$/,
    'tls',
  ],
];

export function transportCauseOf(error: unknown): TransportCause {
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth += 1) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
    const known = CAUSES.find(([pattern]) => pattern.test(code));
    if (known) return known[1];
    if ('name' in current && current.name === 'TimeoutError') return 'timeout';
    current = 'cause' in current ? current.cause : undefined;
  }
  return 'other';
}
