import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import type { RequestStats } from '../../context/request-stats';
import { Metrics } from '../../observability/metrics';
import type { Method, NoResponse, Outcome } from '../outcome/outcome';
import { type Call, isAbandoned, phaseOf } from '../outcome/outcome';
import { type ReadSteps, readResponse } from './read-response';
import { type HttpResponse, TransportError } from './response-collector';
import { TransportErrorLog } from './transport-error-log';

/** A request in the terms of axios. */
export interface HttpRequest {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data?: string | undefined;
  /** Of the response body. */
  readonly maxContentLength: number;
}

/** How an attempt is counted and its response read. */
export interface AttemptKind<T> {
  readonly name: string;
  readonly call: Call;
  readonly read: ReadSteps<T>;
  readonly ignoresBody?: boolean;
  readonly stats?: RequestStats | undefined;
}

interface OperationCounters {
  readonly seconds: { observe(value: number): void };
  readonly outcomes: Map<Outcome['kind'], { inc(): void }>;
}

/** One attempt: sends a request, reads the response into an outcome, counts and times it. */
@Injectable()
export class Attempt {
  readonly #operations = new Map<string, OperationCounters>();

  constructor(
    private readonly http: HttpService,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly transportErrors: TransportErrorLog,
  ) {}

  /** The measured time excludes reading the response, which may wait for other responses. */
  async run<T>(kind: AttemptKind<T>, request: HttpRequest, timeoutMs: number): Promise<Outcome<T>> {
    const started = this.clock.monotonic();
    const response = await this.#send(kind.call, request, timeoutMs);
    const milliseconds = this.clock.monotonic() - started;
    const outcome = 'kind' in response ? response : await this.#read(kind, request, response);
    this.#count(kind.name, outcome.kind, milliseconds);
    if (kind.stats) {
      kind.stats.attempts += 1;
      kind.stats.milliseconds += milliseconds;
    }
    return outcome;
  }

  async #send(call: Call, request: HttpRequest, timeoutMs: number): Promise<HttpResponse | NoResponse> {
    const { signal } = call;
    const phase = phaseOf(call);
    try {
      return await this.http.axiosRef.request({ ...request, timeout: timeoutMs, ...(signal && { signal }) });
    } catch (error) {
      // axios replaces the error of an aborted request by its own.
      if (signal?.aborted) return { kind: 'no-response', phase };
      // Any other error is dropped, even as a cause: an error of axios contains the request, and so the token.
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

  #count(operation: string, outcome: Outcome['kind'], milliseconds: number): void {
    const { upstreamCalls, upstreamSeconds, counters } = this.metrics;
    let stats = this.#operations.get(operation);
    if (!stats) {
      stats = { seconds: counters.histogram(upstreamSeconds, { operation }), outcomes: new Map() };
      this.#operations.set(operation, stats);
    }
    let calls = stats.outcomes.get(outcome);
    if (!calls) {
      calls = counters.counter(upstreamCalls, { operation, outcome });
      stats.outcomes.set(outcome, calls);
    }
    stats.seconds.observe(milliseconds / 1000);
    calls.inc();
  }
}
