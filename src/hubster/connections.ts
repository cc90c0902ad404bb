import type { OnApplicationShutdown } from '@nestjs/common';
import { Agent, type buildConnector } from 'undici';

/** TCP and TLS together, in milliseconds (design 5). */
const CONNECT_MS = 1000;
/** Shorter than what servers and load balancers commonly keep, so that few requests meet a connection that is just being closed. */
const IDLE_MS = 4000;

/** Older connections take no new request, so that a name that resolves to another address is followed within a minute. */
const MAX_AGE_MS = 30_000;

/** The pooled keep-alive connections to Hubster, one request at a time on each. */
export class Connections implements OnApplicationShutdown {
  readonly dispatcher: Agent;

  /** @param connect how to connect otherwise than usual: tests resolve names themselves */
  constructor(connect: Partial<buildConnector.BuildOptions> = {}) {
    this.dispatcher = new Agent({
      connect: { timeout: CONNECT_MS, ...connect },
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      clientTtl: MAX_AGE_MS,
    });
  }

  /** Requests under way have been waited for by then; what is left of them is cut. */
  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.destroy();
  }
}
