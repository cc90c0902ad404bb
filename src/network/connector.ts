import { type ConnectionOptions, createSecureContext, rootCertificates } from 'node:tls';
import { buildConnector } from 'undici';
import type { Clock } from '../clock/clock';
import type { NetworkSettings } from '../config/network-settings';
import { ProxyChoice } from './proxy-choice';
import { openTunnel, ProxyError } from './proxy-tunnel';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Opens the connections of undici, through a proxy where one is configured. Not by undici's `ProxyAgent`: it tries a proxy that closes the
 * connection again and again, without a pause, and waits for five minutes for one that does not respond (7.30).
 */
export function connectorFor(
  settings: NetworkSettings,
  clock: Clock,
  options: buildConnector.BuildOptions & ConnectionOptions,
): buildConnector.connector {
  const connect = buildConnector(options);
  const choice = new ProxyChoice(settings);
  return (wanted, callback) => {
    const { protocol, hostname } = wanted;
    const port = Number(wanted.port) || (DEFAULT_PORTS[protocol] ?? 0);
    const proxy = choice.proxyFor({ protocol, hostname, port });
    if (!proxy) return connect(wanted, callback);
    openTunnel(proxy.reveal(), { protocol, hostname, port }, clock).then(
      (httpSocket) => {
        if (protocol === 'https:') connect({ ...wanted, httpSocket }, callback);
        else callback(null, httpSocket);
      },
      (error: unknown) => callback(error instanceof ProxyError ? error : new ProxyError('PROXY'), null),
    );
  };
}

/** Options of TLS for which these authorities count besides those of Node; none without them. */
export function withAuthorities(ca: string | undefined): Pick<ConnectionOptions, 'secureContext'> {
  return ca === undefined ? {} : { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
}
