import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Clock } from '../clock/clock';
import type { ProxyAddress } from '../config/network-settings';
import type { Target } from './proxy-choice';

/** For the proxy's own connection, and the one behind it, in milliseconds. */
const TUNNEL_MS = 2000;

/** No tunnel: nothing was sent to the service behind the proxy. Contains no text of the proxy, and no credentials (N1). */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';

  /** `code`: as `transportCauseOf` reads it. */
  constructor(readonly code: 'PROXY' | 'PROXY_AUTH') {
    super('The proxy has opened no tunnel');
  }
}

/** A connection to the target through the proxy (CONNECT, RFC 9110, 9.3.6). Rejects with `ProxyError`. */
export function openTunnel(
  { hasTls, host, port, authorization }: ProxyAddress,
  { hostname, port: targetPort }: Target,
  clock: Clock,
): Promise<Socket> {
  const authority = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${targetPort}`;
  return new Promise((resolve, reject) => {
    const request = (hasTls ? httpsRequest : httpRequest)({
      ...{ host, port, method: 'CONNECT', path: authority, agent: false },
      headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    });
    const cancelTimeout = clock.after(TUNNEL_MS, () => request.destroy(new ProxyError('PROXY')));
    const fail = (code: ProxyError['code']): void => {
      cancelTimeout();
      reject(new ProxyError(code));
    };
    request.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket, head: Buffer) => {
      // A service that speaks first would be no HTTP server.
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) {
        cancelTimeout();
        resolve(socket);
        return;
      }
      socket.on('error', () => undefined).destroy();
      fail(statusCode === 407 ? 'PROXY_AUTH' : 'PROXY');
    });
    request.on('error', () => fail('PROXY'));
    request.end();
  });
}
