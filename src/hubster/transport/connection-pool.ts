import type { OnApplicationShutdown } from '@nestjs/common';
import { Agent, type buildConnector, type Dispatcher } from 'undici';
import type { Clock } from '../../clock/clock';

/** TCP and TLS together, in milliseconds. */
const CONNECT_MS = 1000;
/** Shorter than what servers and load balancers commonly keep, so that few requests meet a connection that is just being closed. */
const IDLE_MS = 4000;
/** Older connections take no new request, so that a name that resolves to another address is followed within a minute. */
const MAX_AGE_MS = 45_000;

/**
 * The pooled keep-alive connections to Hubster, one request at a time on each. The pool is replaced when it is old. The `clientTtl`
 * of undici is not used: once it has removed a connection, it opens one for almost every request (7.30, measured).
 */
export class ConnectionPool implements OnApplicationShutdown {
  readonly #replaced = new Set<Agent>();
  #agent: Agent;
  #oldAt: number;

  /** @param connect how to connect otherwise than usual: tests resolve names themselves */
  constructor(
    private readonly clock: Clock,
    private readonly connect: Partial<buildConnector.BuildOptions> = {},
  ) {
    this.#agent = this.#open();
    this.#oldAt = clock.monotonic() + MAX_AGE_MS;
  }

  /** For the next request. */
  get dispatcher(): Dispatcher {
    if (this.clock.monotonic() >= this.#oldAt) this.#replace();
    return this.#agent;
  }

  /** Requests under way have been waited for by then; what is left of them is cut. */
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

  /** Closing an agent waits for its requests. */
  #replace(): void {
    const old = this.#agent;
    this.#replaced.add(old);
    const forget = () => void this.#replaced.delete(old);
    old.close().then(forget, forget);
    this.#agent = this.#open();
    this.#oldAt = this.clock.monotonic() + MAX_AGE_MS;
  }
}
