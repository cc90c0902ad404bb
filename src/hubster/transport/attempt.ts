import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import type { RequestStats } from '../../context/request-context';
import { Metrics } from '../../observability/metrics';
import { type Call, isAbandoned, type Method, type NoResponse, type Outcome, phaseOf } from '../outcome/outcome';
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
interface AttemptKind<T> {
  readonly name: string;
  readonly call: Call;
  readonly read: ReadSteps<T>;
  readonly ignoresBody?: boolean;
  readonly stats?: RequestStats | undefined;
}

interface AttemptCounters {
  readonly calls: { inc(): void };
  readonly seconds: { observe(value: number): void };
}

/** One attempt: sends a request, reads the response into an outcome, counts and times it. */
@Injectable()
export class Attempt {
  readonly #counters = new Map<string, AttemptCounters>();

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
      const { method, url, headers, data, maxContentLength } = request;
      const config = { method, url, headers, data, maxContentLength, timeout: timeoutMs };
      return await this.http.axiosRef.request(signal ? { ...config, signal } : config);
    } catch (error) {
      // With interceptors, axios replaces the error of an aborted request by its own.
      if (signal?.aborted && !(error instanceof TransportError)) return { kind: 'no-response', phase };
      // Any other error is dropped, even as a cause: an error of axios contains the request, and so the token.
      const { kind, cause } = error instanceof TransportError ? error : new TransportError('reset', 'other');
      if (cause) this.transportErrors.record(phase, cause);
      return { kind, phase, ...(cause && { cause }) };
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
    const { calls, seconds } = this.#countersOf(operation, outcome);
    calls.inc();
    seconds.observe(milliseconds / 1000);
  }

  #countersOf(operation: string, outcome: Outcome['kind']): AttemptCounters {
    const key = `${operation} ${outcome}`;
    const known = this.#counters.get(key);
    if (known) return known;
    const { upstreamCalls, upstreamSeconds, counters } = this.metrics;
    const made = {
      calls: counters.counter(upstreamCalls, { operation, outcome }),
      seconds: counters.histogram(upstreamSeconds, { operation }),
    };
    this.#counters.set(key, made);
    return made;
  }
}
