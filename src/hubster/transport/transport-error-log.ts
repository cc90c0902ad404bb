import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import type { TransportCause } from '../../observability/transport-cause';
import type { Phase } from '../outcome/outcome';

const LOG_INTERVAL_MS = 60_000;

/** Counts attempts without a response by their cause, and logs each cause at most once a minute, so that an outage does not flood the log. */
@Injectable()
export class TransportErrorLog {
  readonly #states = new Map<string, { loggedAt: number; unlogged: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  record(phase: Phase, cause: TransportCause): void {
    const service = phase === 'token' ? 'identity' : 'portal';
    this.metrics.transportErrors.inc({ service, cause });
    const state = this.#stateOf(`${service} ${cause}`);
    state.unlogged += 1;
    const now = this.clock.monotonic();
    if (now - state.loggedAt < LOG_INTERVAL_MS) return;
    logEvent(this.logger, 'hubster.no-response', { upstream: service, cause, attempts: state.unlogged });
    state.loggedAt = now;
    state.unlogged = 0;
  }

  #stateOf(key: string): { loggedAt: number; unlogged: number } {
    const known = this.#states.get(key) ?? { loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0 };
    this.#states.set(key, known);
    return known;
  }
}
