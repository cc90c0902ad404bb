import type { Cancellation } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { RequestStats } from '../../context/request-stats';
import type { Metrics } from '../../observability/metrics';
import type { Outcome, Phase } from '../outcome/outcome';
import { AttemptMetrics } from './attempt-metrics';
import type { HttpRequest } from './http-request';
import type { HubsterHttp } from './hubster-http';
import { readResponse } from './read-response';
import { TransportError } from './transport-error';
import type { TransportErrorLog } from './transport-error-log';

/** What an attempt is counted as and read by. */
export interface AttemptKind {
  readonly name: string;
  readonly phase: Phase;
  readonly ignoresBody?: boolean;
  readonly stats?: RequestStats | undefined;
}

/** One attempt: a request, its answer or none, and what that means; counted and timed. */
export class Attempt {
  readonly #counters: AttemptMetrics;

  constructor(
    private readonly http: HubsterHttp,
    private readonly clock: Clock,
    metrics: Metrics,
    private readonly transportErrors: TransportErrorLog,
  ) {
    this.#counters = new AttemptMetrics(metrics);
  }

  async run(kind: AttemptKind, request: HttpRequest, signal: Cancellation): Promise<Outcome> {
    const started = this.clock.monotonic();
    const outcome = await this.#outcome(kind, request, signal);
    const milliseconds = this.clock.monotonic() - started;
    this.#counters.count(kind.name, outcome.kind, milliseconds);
    if (kind.stats) {
      kind.stats.attempts += 1;
      kind.stats.milliseconds += milliseconds;
    }
    return outcome;
  }

  async #outcome(
    { phase, ignoresBody = false }: AttemptKind,
    request: HttpRequest,
    signal: Cancellation,
  ): Promise<Outcome> {
    try {
      const response = await this.http.send(request, signal);
      return await readResponse(response, { phase, ignoresBody, now: this.clock.now() });
    } catch (error) {
      // Of an error that is not ours nothing is kept, not even as a cause: axios puts the whole request into it.
      const { kind, cause } = error instanceof TransportError ? error : new TransportError('reset', 'other');
      if (cause) this.transportErrors.record(phase, cause);
      return { kind, phase };
    }
  }
}
