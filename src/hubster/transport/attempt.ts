import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import type { RequestStats } from '../../context/request-context';
import { type Span, traceHeaders } from '../../context/span';
import type { UpstreamOperation } from '../../observability/metrics/label-sets';
import { Metrics } from '../../observability/metrics/metrics';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
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
  readonly name: UpstreamOperation;
  readonly call: Call;
  readonly read: ReadSteps<T>;
  readonly ignoresBody?: boolean;
  readonly stats?: RequestStats | undefined;
  /** Attempts of the call so far. */
  sent: number;
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
    kind.sent += 1;
    const span = kind.call.span?.child(`hubster ${kind.name}`, 'client');
    const started = this.clock.monotonic();
    const response = await this.#send(kind.call, inTrace(request, kind.call, span), timeoutMs);
    const milliseconds = this.clock.monotonic() - started;
    const outcome = 'kind' in response ? response : await this.#read(kind, request, response);
    this.#count(kind.name, outcome.kind, milliseconds);
    if (kind.stats) {
      kind.stats.attempts += 1;
      kind.stats.milliseconds += milliseconds;
    }
    if (span?.isRecorded) endSpan(span, kind, request, outcome);
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

  #count(operation: UpstreamOperation, outcome: Outcome['kind'], milliseconds: number): void {
    const { calls, seconds } = this.#countersOf(operation, outcome);
    calls.inc();
    seconds.observe(milliseconds / 1000);
  }

  #countersOf(operation: UpstreamOperation, outcome: Outcome['kind']): AttemptCounters {
    const key = `${operation} ${outcome}`;
    const known = this.#counters.get(key);
    if (known) return known;
    const { upstreamCalls, upstreamSeconds, counters } = this.metrics;
    const made = {
      calls: counters.counter((count) => upstreamCalls.count({ operation, outcome }, count)),
      seconds: counters.histogram((value) => upstreamSeconds.time({ operation }, value)),
    };
    this.#counters.set(key, made);
    return made;
  }
}

/** Carries the trace on, unless the caller has put a credential or a secret of the tenant into it (N1). */
function inTrace(request: HttpRequest, { tenant, trace }: Call, span: Span | undefined): HttpRequest {
  const place = span?.place ?? trace;
  if (!place) return request;
  const headers = traceHeaders(place);
  // Without a place of the caller, all ids are our own.
  const isClean =
    !trace || Object.values(headers).every((value) => KNOWN_SECRETS.redactFor(tenant.id, value) === value);
  return isClean ? { ...request, headers: { ...request.headers, ...headers } } : request;
}

function endSpan(
  span: Span,
  { sent }: { readonly sent: number },
  { method, url }: HttpRequest,
  outcome: Outcome,
): void {
  span.set({
    'http.request.method': method,
    'server.address': new URL(url).hostname,
    'stagedoor.attempt': sent,
    ...('status' in outcome && { 'http.response.status_code': outcome.status }),
  });
  if (outcome.kind !== 'ok') span.fail(outcome.kind);
  span.end();
}
