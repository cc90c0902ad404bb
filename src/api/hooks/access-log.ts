import { Inject, Injectable } from '@nestjs/common';
import { isHit } from '../../cache/cache-status';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { LOGGER, type Logger } from '../../observability/logger';
import { Metrics } from '../../observability/metrics';
import type { Problem } from '../../problems/problem';

/** A request whose response was sent, by either path; unknown values are `undefined`. */
export interface CompletedRequest {
  readonly requestId: string;
  /** Whether Stagedoor generated the id; otherwise the caller sent it. */
  readonly isOwnId: boolean;
  readonly method: string;
  /** The route's template, never the URL: a query may contain anything. */
  readonly route: string | undefined;
  readonly status: number;
  /** Clock.monotonic() at the first byte. */
  readonly arrivedAt: number;
  /** Ids of an authorised tenant and caller. */
  readonly tenant: string | undefined;
  readonly caller: string | undefined;
  /** Attempts sent to Hubster. */
  readonly attempts: number | undefined;
  readonly traceId: string | undefined;
  readonly problem?: Problem | undefined;
  readonly cacheStatus: string | undefined;
}

/** Shared by all requests of one route, verb and status; all three are closed sets. */
interface RequestKind {
  readonly method: string;
  readonly status: number;
  readonly requests: { inc(): void };
  readonly seconds: { observe(value: number): void };
  /** Log members, as JSON without braces. */
  readonly logMembers: string;
}

/** Counts every completed request and logs it in one line, on the ordinary path and on the fast path. */
@Injectable()
export class AccessLog {
  readonly #kinds = new Map<string | undefined, readonly RequestKind[]>();

  constructor(
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  enter(completed: CompletedRequest): void {
    const milliseconds = this.clock.monotonic() - completed.arrivedAt;
    const kind = this.#kindOf(completed);
    kind.requests.inc();
    kind.seconds.observe(milliseconds / 1000);
    if (this.#leavesLine(completed)) this.#log(kind, completed, milliseconds);
  }

  /** `LOG_SAMPLE` applies to cache hits only; all other requests are always logged. */
  #leavesLine({ status, cacheStatus }: CompletedRequest): boolean {
    const { sample } = this.config.log;
    return sample === 1 || status >= 400 || !cacheStatus || !isHit(cacheStatus) || Math.random() < sample;
  }

  #log(kind: RequestKind, completed: CompletedRequest, milliseconds: number): void {
    const { requestId, isOwnId, attempts, traceId, problem, cacheStatus } = completed;
    let own = `${kind.logMembers},"durationMs":${Math.round(milliseconds * 10) / 10}`;
    // Values that Stagedoor generated need no redaction, which would cost as much as the rest of the line.
    if (isOwnId) own += `,"requestId":"${requestId}"`;
    if (attempts !== undefined) own += `,"attempts":${attempts}`;
    if (problem) own += `,"code":"${problem.code}"`;
    if (cacheStatus !== undefined) own += `,"cache":"${cacheStatus}"`;
    const members = ['requestId', isOwnId ? undefined : requestId, 'traceId', traceId];
    if (problem?.code !== 'internal-error') this.logger.flat(own, completed, members, 'request');
    else this.logger.flat(own, completed, [...members, 'fault', faultOf(problem.details.cause)], 'request', 'error');
  }

  #kindOf({ method, route, status }: CompletedRequest): RequestKind {
    const ofRoute = this.#kinds.get(route) ?? [];
    const known = ofRoute.find((kind) => kind.status === status && kind.method === method);
    if (known) return known;
    const { counters, requests, requestSeconds } = this.metrics;
    const labels = { method, route: route ?? 'none' };
    const kind = {
      method,
      status,
      requests: counters.counter(requests, { ...labels, status }),
      seconds: counters.histogram(requestSeconds, labels),
      logMembers: JSON.stringify({ method, route, status }).slice(1, -1),
    };
    this.#kinds.set(route, [...ofRoute, kind]);
    return kind;
  }
}

/** Class and stack of an unexpected error; its message may quote secrets, so it is left out. */
function faultOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [cause.name, ...frames.slice(0, 8).map((frame) => frame.trim())].join(' ');
}
