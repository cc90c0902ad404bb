import type { OnApplicationShutdown } from '@nestjs/common';
import { Agent, type buildConnector, type Dispatcher } from 'undici';
import type { Clock } from '../../clock/clock';

/** TCP and TLS together, in milliseconds. */
const CONNECT_MS = 1000;
/** Shorter than the idle time of common servers and load balancers, so that few requests use a connection that is being closed. */
const IDLE_MS = 4000;
/** Older connections take no new request, so that a change of DNS takes effect within a minute. */
const MAX_AGE_MS = 45_000;

/**
 * The keep-alive connections to Hubster, one request at a time on each. An old pool is replaced. `clientTtl` of undici is not used: once
 * it has removed a connection, it opens one for almost every request (7.30, measured).
 */
export class ConnectionPool implements OnApplicationShutdown {
  readonly #replaced = new Set<Agent>();
  #agent: Agent;
  #oldAt: number;

  /** @param connect options of undici's connector, for tests that resolve names themselves */
  constructor(
    private readonly clock: Clock,
    private readonly connect: Partial<buildConnector.BuildOptions> = {},
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

  #open(): Agent {
    return new Agent({
      connect: { timeout: CONNECT_MS, ...this.connect },
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
