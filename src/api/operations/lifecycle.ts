import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { Connections } from '../server/connections';

/** The time of a request beyond the longest deadline: receiving it and sending the response. */
const MARGIN_MS = 2000;

/** The phase of the process: starting, ready or draining. */
export class Lifecycle {
  #state: 'starting' | 'ready' | 'draining' = 'starting';

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  get isDraining(): boolean {
    return this.#state === 'draining';
  }

  ready(): void {
    if (this.#state === 'starting') this.#state = 'ready';
  }

  drain(): void {
    this.#state = 'draining';
  }
}

interface ShutdownLimits {
  readonly delayMs: number;
  readonly requestsMs: number;
  readonly allMs: number;
}

/**
 * The orderly end of the process, in three phases: requests are still served, but the process is not ready and every response closes its
 * connection, until load balancers have noticed; then no connection is accepted and received requests are finished; then the trail is
 * sealed. Clients cannot delay a phase beyond its limit.
 */
@Injectable()
export class Shutdown {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly connections: Connections,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves when the trail is sealed and no connection is left. */
  async run(): Promise<void> {
    const wasReady = this.lifecycle.isReady;
    this.lifecycle.drain();
    this.connections.drain();
    if (wasReady) await this.clock.sleep(this.config.http.shutdownDelayMs);
    if (wasReady) logEvent(this.logger, 'server.draining');
    await this.connections.finishRequests(this.#longestRequestMs, () => this.trail.hasOpenIntents);
    await Promise.all([this.trail.seal(), this.connections.close()]);
  }

  /** How long each phase, and all of them together, may take, in milliseconds. */
  get limits(): ShutdownLimits {
    const { shutdownDelayMs: delayMs } = this.config.http;
    const requestsMs = this.#longestRequestMs;
    return { delayMs, requestsMs, allMs: delayMs + requestsMs + 3 * MARGIN_MS };
  }

  get #longestRequestMs(): number {
    const { readMs, listMs, writeMs } = this.config.deadlines;
    return Math.max(readMs, listMs, writeMs) + MARGIN_MS;
  }
}
