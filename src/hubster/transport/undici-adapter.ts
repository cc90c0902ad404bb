import type { HttpModuleOptions } from '@nestjs/axios';
import type { Dispatcher } from 'undici';
import type { ConnectionPool } from './connection-pool';
import { RawRequest } from './http-request';
import type { HttpResponse } from './http-response';
import { ResponseCollector } from './response-collector';

// Taken from the types of Nest, which is an ES module: axios declares its types again for CommonJS, and the two do not match.
type AxiosAdapter = Extract<HttpModuleOptions['adapter'], (config: never) => unknown>;

const COMMON_HEADERS = ['accept', 'application/json', 'accept-encoding', 'identity'];

/**
 * Sends each `RawRequest` of axios with undici: pooled connections, no redirects, at most `maxBytes` of a response, counted while they
 * arrive. Resolves with any status; without a response it rejects with `TransportError`. It decodes no content coding. The only time limit
 * is that of connecting; the signal of the request ends it. `data` is the whole `HttpResponse`, headers included.
 */
export function undiciAdapter(connections: ConnectionPool): AxiosAdapter {
  return async (config) => {
    const rawRequest: unknown = config.data;
    if (!(rawRequest instanceof RawRequest)) throw new TypeError('data must be a RawRequest');
    const data = await run(connections.dispatcher, rawRequest);
    return { status: data.status, statusText: '', headers: {}, data, config };
  };
}

function run(dispatcher: Dispatcher, { request, signal }: RawRequest): Promise<HttpResponse> {
  const { method, origin, path, headers, body = null, maxBytes } = request;
  const options: Dispatcher.DispatchOptions = {
    origin,
    path,
    method,
    headers: [...COMMON_HEADERS, ...headers],
    body,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new ResponseCollector({ maxBytes, signal, resolve, reject }));
  });
}
