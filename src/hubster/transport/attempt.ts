import type { Cancellation } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { RequestTally } from '../../context/request-stats';
import type { Metrics } from '../../observability/metrics';
import type { Outcome, Phase } from '../outcome/outcome';
import { ExchangeCounters } from './attempt-metrics';
import type { HttpRequest } from './http-request';
import type { HubsterHttp } from './hubster-http';
import { readAnswer } from './read-response';
import { TransportError } from './transport-error';
import type { TransportErrorLog } from './transport-error-log';

/** What an exchange is counted as and read by. */
export interface ExchangeKind {
  readonly name: string;
  readonly phase: Phase;
  readonly ignoresBody?: boolean;
  readonly tally?: RequestTally | undefined;
}

/** One attempt: a request, its answer or none, and what that means; counted and timed. */
export class Exchange {
  readonly #counters: ExchangeCounters;

  constructor(
    private readonly http: HubsterHttp,
    private readonly clock: Clock,
    metrics: Metrics,
    private readonly transportErrors: TransportErrorLog,
  ) {
    this.#counters = new ExchangeCounters(metrics);
  }

  async run(kind: ExchangeKind, request: HttpRequest, signal: Cancellation): Promise<Outcome> {
    const started = this.clock.monotonic();
    const outcome = await this.#outcome(kind, request, signal);
    const milliseconds = this.clock.monotonic() - started;
    this.#counters.count(kind.name, outcome.kind, milliseconds);
    if (kind.tally) {
      kind.tally.attempts += 1;
      kind.tally.milliseconds += milliseconds;
    }
    return outcome;
  }

  async #outcome(
    { phase, ignoresBody = false }: ExchangeKind,
    request: HttpRequest,
    signal: Cancellation,
  ): Promise<Outcome> {
    try {
      const answer = await this.http.send(request, signal);
      return await readAnswer(answer, { phase, ignoresBody, now: this.clock.now() });
    } catch (error) {
      // Of an error that is not ours nothing is kept, not even as a cause: axios puts the whole request into it.
      const { kind, cause } = error instanceof TransportError ? error : new TransportError('reset', 'other');
      if (cause) this.transportErrors.record(phase, cause);
      return { kind, phase };
    }
  }
}
