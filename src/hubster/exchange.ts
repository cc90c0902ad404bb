import type { Clock } from '../clock/clock';
import type { RequestTally } from '../context/request-tally';
import type { Metrics } from '../observability/metrics';
import type { HttpRequest, HubsterHttp } from './hubster-http';
import type { Outcome, Phase } from './outcome';
import { readAnswer } from './read-answer';
import { TransportError } from './transport-error';

/** What an exchange is counted as and read by. */
export interface ExchangeKind {
  readonly name: string;
  readonly phase: Phase;
  readonly ignoresBody?: boolean;
  readonly tally?: RequestTally;
}

/** One attempt: a request, its answer or none, and what that means; counted and timed. */
export class Exchange {
  constructor(
    private readonly http: HubsterHttp,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  async run(kind: ExchangeKind, request: HttpRequest, signal: AbortSignal): Promise<Outcome> {
    const started = this.clock.monotonic();
    const outcome = await this.#outcome(kind, request, signal);
    const milliseconds = this.clock.monotonic() - started;
    this.metrics.upstreamCalls.inc({ operation: kind.name, outcome: outcome.kind });
    this.metrics.upstreamSeconds.observe({ operation: kind.name }, milliseconds / 1000);
    if (kind.tally) {
      kind.tally.attempts += 1;
      kind.tally.milliseconds += milliseconds;
    }
    return outcome;
  }

  async #outcome(
    { phase, ignoresBody = false }: ExchangeKind,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      const answer = await this.http.send(request, signal);
      return readAnswer(answer, { phase, ignoresBody, now: this.clock.now() });
    } catch (error) {
      // Of an error that is not ours nothing is kept, not even as a cause: axios puts the whole request into it.
      return { kind: error instanceof TransportError ? error.kind : 'reset', phase };
    }
  }
}
