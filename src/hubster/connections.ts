import type { OnApplicationShutdown } from '@nestjs/common';
import { Agent } from 'undici';

/** TCP and TLS together, in milliseconds. */
const CONNECT_MS = 1000;
/** Shorter than what servers and load balancers commonly keep, so that few requests meet a connection that is just being closed. */
const IDLE_MS = 4000;

/** The pooled keep-alive connections to Hubster, one request at a time on each. */
export class Connections implements OnApplicationShutdown {
  readonly dispatcher = new Agent({
    connect: { timeout: CONNECT_MS },
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
  });

  /** Requests under way have been waited for by then; what is left of them is cut. */
  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.destroy();
  }
}
