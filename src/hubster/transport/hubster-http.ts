import { type HttpModuleOptions, HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { Agent, type buildConnector, type Dispatcher } from 'undici';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { connectorFor, withAuthorities } from '../../network/connector';
import { withOneTrace } from './one-trace';
import { type HttpResponse, ResponseCollector } from './response-collector';

/** TCP and TLS together, without the tunnel of a proxy, in milliseconds. */
const CONNECT_MS = 1000;
/** Shorter than the idle time of common servers and load balancers, so that few requests use a connection that is being closed. */
const IDLE_MS = 4000;
/** Older connections take no new request, so that a change of DNS takes effect within a minute. */
const MAX_AGE_MS = 45_000;
const DEFAULT_TIMEOUT_MS = 12_000;

/**
 * The keep-alive connections to Hubster, one request at a time on each. An old pool is replaced. `clientTtl` of undici is not used: once
 * it has removed a connection, it opens one for almost every request (7.30, measured).
 */
@Injectable()
export class ConnectionPool implements OnApplicationShutdown {
  readonly #replaced = new Set<Agent>();
  #agent: Agent;
  #oldAt: number;

  /** @param connect options of undici's connector, for tests that resolve names themselves */
  constructor(
    private readonly clock: Clock,
    @Inject(Config) private readonly config: Pick<Config, 'network'>,
    @Optional() private readonly connect: Partial<buildConnector.BuildOptions> = {},
  ) {
    this.#agent = this.#open();
    this.#oldAt = clock.monotonic() + MAX_AGE_MS;
  }

  get dispatcher(): Dispatcher {
    if (this.clock.monotonic() >= this.#oldAt) this.#replace();
    return this.#agent;
  }

  /** The shutdown has waited for requests under way by then; the rest are aborted. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.#agent, ...this.#replaced].map((agent) => agent.destroy()));
  }

  /** Authorities are read again for each pool, and proxies for each connection. */
  #open(): Agent {
    const { network } = this.config;
    const options = { timeout: CONNECT_MS, ...withAuthorities(network.hubsterCa()), ...this.connect };
    return new Agent({
      connect: connectorFor(network, this.clock, options),
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
    });
  }

  /** `close` waits for the requests of the old agent. */
  #replace(): void {
    const old = this.#agent;
    this.#replaced.add(old);
    const forget = () => void this.#replaced.delete(old);
    old.close().then(forget, forget);
    this.#agent = this.#open();
    this.#oldAt = this.clock.monotonic() + MAX_AGE_MS;
  }
}

// Taken from the types of Nest, which is an ES module: axios declares its types again for CommonJS, and the two do not match.
type AxiosAdapter = Extract<HttpModuleOptions['adapter'], (config: never) => unknown>;
type AxiosConfig = Parameters<AxiosAdapter>[0];

/**
 * Nest's client over undici. Its defaults are these alone: axios would merge the usual ones (headers, transformations, a check of the
 * status) into each request, which costs as much again as the request itself.
 */
export function hubsterHttpService(connections: ConnectionPool, clock: Clock): HttpService {
  const instance = new HttpService().axiosRef.create();
  for (const name of Object.keys(instance.defaults)) Reflect.deleteProperty(instance.defaults, name);
  const adapter = undiciAdapter(connections, clock);
  Object.assign(instance.defaults, { adapter, validateStatus: null });
  const request = instance.request.bind(instance);
  // Without interceptors axios would only copy the configuration and normalise headers that are normal: a tenth of a miss (bench -- parts).
  Object.assign(instance, {
    request: (config: AxiosConfig) => (hasInterceptors(instance) ? request(config) : adapter(config)),
  });
  return new HttpService(instance);
}

function hasInterceptors({ interceptors: { request, response } }: HttpService['axiosRef']): boolean {
  return request.handlers?.length !== 0 || response.handlers?.length !== 0;
}

/**
 * Sends a request of axios with undici: pooled connections, no redirects, at most `maxContentLength` bytes of a response, counted while
 * they arrive. Reads `url`, `method`, `headers`, `data`, `timeout` and `signal` besides. Resolves with any status, and with undefined as
 * the data of a larger response; without a response it rejects with `TransportError`. It accepts and decodes no
 * content coding.
 */
function undiciAdapter(connections: ConnectionPool, clock: Clock): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const { timeout: timeoutMs = DEFAULT_TIMEOUT_MS, maxContentLength: maxBytes = 0, signal } = config;
      const resolveWith = ({ status, headers, data }: HttpResponse) => {
        resolve({ status, statusText: '', headers, data, config });
      };
      const handler = new ResponseCollector({ clock, timeoutMs, signal, maxBytes, resolve: resolveWith, reject });
      withOneTrace(() => connections.dispatcher.dispatch(dispatchOptions(config), handler));
    });
}

function dispatchOptions({ url = '', method = 'get', headers, data }: AxiosConfig): Dispatcher.DispatchOptions {
  const pathStart = url.indexOf('/', url.indexOf('//') + 2);
  const flatHeaders = ['accept-encoding', 'identity'];
  for (const [name, value] of Object.entries(headers)) flatHeaders.push(name, String(value));
  return {
    origin: url.slice(0, pathStart),
    path: url.slice(pathStart),
    method: method.toUpperCase(),
    headers: flatHeaders,
    body: data ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}
