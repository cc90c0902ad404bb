import type { Cancellation } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { RequestStats } from '../../context/request-context';
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

/** How an attempt is counted and its response read. */
export interface AttemptKind<T> {
  readonly name: string;
  readonly call: Call;
  readonly read: ReadSteps<T>;
  readonly ignoresBody?: boolean;
  readonly stats?: RequestStats | undefined;
}

/** One attempt: sends a request, reads the response into an outcome, counts and times it. */
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

  /** The measured time excludes reading the response, which may wait for other responses. */
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
      // Any other error is dropped, even as a cause: axios puts the whole request into it.
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
      // The number of unverified senders is unlimited, so all probes share one quota.
      owner: call.class === 'probe' ? 'probes' : call.tenant.id,
      // The response to a write is read even after the deadline, because it shows the outcome.
      isAbandoned: () => method === 'GET' && isAbandoned(call),
    });
  }
}
