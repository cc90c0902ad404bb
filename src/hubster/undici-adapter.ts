import type { HttpModuleOptions } from '@nestjs/axios';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../clock/cancellation';
import type { HttpAnswer } from './http-answer';
import { ResponseCollector } from './response-collector';
import { TransportError } from './transport-error';

// Named by way of Nest, which is an ES module: axios declares its types anew for CommonJS, and the two do not match.
type AxiosAdapter = Extract<HttpModuleOptions['adapter'], (config: never) => unknown>;

/** What every request says. Here, as axios goes over each header of a request several times. */
const SENT_ALWAYS = ['accept', 'application/json', 'accept-encoding', 'identity'];

/**
 * Carries one axios request over undici: pooled connections, no redirects, `maxContentLength` bytes at the most, counted while
 * they come. Every status is an answer; what is none rejects with `TransportError`. It decodes no content coding and sets no
 * time limit but that of connecting: `signal` ends the request. It is not the signal of axios, which would replace what an
 * abort means here by an error of its own. The answer is the response's `data`, headers included, which axios would normalise.
 */
export function undiciAdapter(dispatcher: Dispatcher, signal: Cancellation): AxiosAdapter {
  return async (config) => {
    if (signal.aborted) throw new TransportError('never-sent');
    const request: Dispatcher.DispatchOptions = {
      origin: config.baseURL ?? '',
      path: config.url ?? '',
      method: (config.method ?? 'get').toUpperCase(),
      headers: [...SENT_ALWAYS, ...Object.entries(config.headers).flatMap(([name, value]) => [name, `${value}`])],
      body: typeof config.data === 'string' ? config.data : null,
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    const data = await new Promise<HttpAnswer>((resolve, reject) => {
      const maxBytes = config.maxContentLength ?? 0;
      dispatcher.dispatch(request, new ResponseCollector({ maxBytes, signal, resolve, reject }));
    });
    return { status: data.status, statusText: '', headers: {}, data, config };
  };
}
