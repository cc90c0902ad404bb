import type { HttpModuleOptions } from '@nestjs/axios';
import type { Dispatcher } from 'undici';
import type { ConnectionPool } from './connection-pool';
import { RawRequest } from './http-request';
import type { HttpResponse } from './http-response';
import { ResponseCollector } from './response-collector';

// Named by way of Nest, which is an ES module: axios declares its types anew for CommonJS, and the two do not match.
type AxiosAdapter = Extract<HttpModuleOptions['adapter'], (config: never) => unknown>;

const SENT_ALWAYS = ['accept', 'application/json', 'accept-encoding', 'identity'];

/**
 * Carries the errands of axios over undici: pooled connections, no redirects, `maxBytes` of an answer at the most, counted while
 * they come. Every status is an answer; what is none rejects with `TransportError`. It decodes no content coding and sets no
 * time limit but that of connecting: the rawRequest's signal ends it. The answer is the response's `data`, headers included.
 */
export function undiciAdapter(connections: ConnectionPool): AxiosAdapter {
  return async (config) => {
    const rawRequest: unknown = config.data;
    if (!(rawRequest instanceof RawRequest)) throw new TypeError('only errands are sent');
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
    headers: [...SENT_ALWAYS, ...headers],
    body,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new ResponseCollector({ maxBytes, signal, resolve, reject }));
  });
}
