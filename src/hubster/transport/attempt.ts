import type { Cancellation } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { RequestStats } from '../../context/request-stats';
import type { Metrics } from '../../observability/metrics';
import type { NoResponse, Outcome, Phase } from '../outcome/outcome';
import { type Call, isAbandoned, phaseOf } from '../resilience/layer';
import { AttemptMetrics } from './attempt-metrics';
import type { HttpRequest } from './http-request';
import type { HttpResponse } from './http-response';
import type { HubsterHttp } from './hubster-http';
import { type ReadSteps, readResponse } from './read-response';
import { TransportError } from './transport-error';
import type { TransportErrorLog } from './transport-error-log';

/** What an attempt is counted as and read by. */
export interface AttemptKind<T> {
  readonly name: string;
  readonly call: Call;
  readonly read: ReadSteps<T>;
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

  /** Without the time in which the response is read, which may have to wait for others. */
  async run<T>(kind: AttemptKind<T>, request: HttpRequest, signal: Cancellation): Promise<Outcome<T>> {
    const started = this.clock.monotonic();
    const response = await this.#send(phaseOf(kind.call), request, signal);
    const milliseconds = this.clock.monotonic() - started;
    const outcome = 'kind' in response ? response : await this.#read(kind, request, response);
    this.#counters.count(kind.name, outcome.kind, milliseconds);
    if (kind.stats) {
      kind.stats.attempts += 1;
      kind.stats.milliseconds += milliseconds;
    }
    return outcome;
  }

  async #send(phase: Phase, request: HttpRequest, signal: Cancellation): Promise<HttpResponse | NoResponse> {
    try {
      return await this.http.send(request, signal);
    } catch (error) {
      // Of an error that is not ours nothing is kept, not even as a cause: axios puts the whole request into it.
      const { kind, cause } = error instanceof TransportError ? error : new TransportError('reset', 'other');
      if (cause) this.transportErrors.record(phase, cause);
      return { kind, phase };
    }
  }

  #read<T>(
    { call, read, ignoresBody }: AttemptKind<T>,
    { method }: HttpRequest,
    response: HttpResponse,
  ): Promise<Outcome<T>> {
    return readResponse(response, {
      phase: phaseOf(call),
      now: this.clock.now(),
      read,
      ...(ignoresBody && { ignoresBody }),
      // Strangers, of whom there may be any number, get one share together.
      owner: call.class === 'probe' ? 'probes' : call.tenant.id,
      // What a write has led to is worth knowing, however late.
      isAbandoned: () => method === 'GET' && isAbandoned(call),
    });
  }
}
