import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log/log-events';
import type { Logger } from '../../observability/log/logger';
import type { Metrics } from '../../observability/metrics';
import type { LimitAction } from './connection-limit';

const LOG_EVERY_MS = 60_000;

type ServerPort = 'api' | 'management';

interface Unreported {
  nextLogAt: number;
  evicted: number;
  rejected: number;
}

/** Counts the connections that were closed at the limit, and logs them at once, then once a minute at most. */
export class ConnectionLimitReport {
  readonly #ports = new Map<ServerPort, Unreported>();

  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  record(port: ServerPort, action: LimitAction, limit: number): void {
    this.metrics.connectionsClosedAtLimit.inc({ port, action });
    const unreported = this.#ports.get(port) ?? { nextLogAt: 0, evicted: 0, rejected: 0 };
    unreported[action] += 1;
    this.#ports.set(port, unreported);
    const now = this.clock.monotonic();
    if (now < unreported.nextLogAt) return;
    const { evicted, rejected } = unreported;
    logEvent(this.logger, 'server.connection-limit', { port, limit, evicted, rejected });
    this.#ports.set(port, { nextLogAt: now + LOG_EVERY_MS, evicted: 0, rejected: 0 });
  }
}
