import { Inject, Injectable } from '@nestjs/common';
import { isHit } from '../../cache/cache-status';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { LOGGER, type Logger } from '../../observability/logger';
import { Metrics } from '../../observability/metrics';
import type { Problem } from '../../problems/problem';

/** A request that has its answer, whichever way it took; what is not known of it is `undefined`. */
export interface CompletedRequest {
  readonly requestId: string;
  /** Whether that id was made here; else the caller sent it. */
  readonly isOwnId: boolean;
  readonly method: string;
  /** The route's template, never the URL: a query may hold anything. */
  readonly route: string | undefined;
  readonly status: number;
  /** Clock.monotonic() at the first byte. */
  readonly arrivedAt: number;
  /** Ids of who was known and allowed. */
  readonly tenant: string | undefined;
  readonly caller: string | undefined;
  /** Attempts sent to Hubster. */
  readonly attempts: number | undefined;
  readonly traceId: string | undefined;
  readonly problem?: Problem | undefined;
  readonly cacheStatus: string | undefined;
}

/** What requests of one route, verb and status have in common; all three are closed sets. */
interface RequestKind {
  readonly method: string;
  readonly status: number;
  readonly requests: { inc(): void };
  readonly seconds: { observe(value: number): void };
  /** For the log, as JSON without braces. */
  readonly words: string;
}

/** Counts every answered request and gives it its one log line, on the ordinary path and in the cachedReads of hits alike. */
@Injectable()
export class AccessLog {
  readonly #kinds = new Map<string | undefined, readonly RequestKind[]>();

  constructor(
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  enter(answered: CompletedRequest): void {
    const milliseconds = this.clock.monotonic() - answered.arrivedAt;
    const kind = this.#kindOf(answered);
    kind.requests.inc();
    kind.seconds.observe(milliseconds / 1000);
    if (this.#leavesLine(answered)) this.#log(kind, answered, milliseconds);
  }

  /** `LOG_SAMPLE` thins out what was answered from the cache alone; all else is always logged. */
  #leavesLine({ status, cacheStatus }: CompletedRequest): boolean {
    const { sample } = this.config.log;
    return sample === 1 || status >= 400 || !cacheStatus || !isHit(cacheStatus) || Math.random() < sample;
  }

  #log(kind: RequestKind, answered: CompletedRequest, milliseconds: number): void {
    const { requestId, isOwnId, attempts, traceId, problem, cacheStatus } = answered;
    let own = `${kind.words},"durationMs":${Math.round(milliseconds * 10) / 10}`;
    // What the program made itself need not be cleaned, which would cost as much as the rest of the line.
    if (isOwnId) own += `,"requestId":"${requestId}"`;
    if (attempts !== undefined) own += `,"attempts":${attempts}`;
    if (problem) own += `,"code":"${problem.code}"`;
    if (cacheStatus !== undefined) own += `,"cache":"${cacheStatus}"`;
    const members = ['requestId', isOwnId ? undefined : requestId, 'traceId', traceId];
    if (problem?.code !== 'internal-error') this.logger.flat(own, answered, members, 'request');
    else this.logger.flat(own, answered, [...members, 'fault', faultOf(problem.details.cause)], 'request', 'error');
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
      words: JSON.stringify({ method, route, status }).slice(1, -1),
    };
    this.#kinds.set(route, [...ofRoute, kind]);
    return kind;
  }
}

/** Where an unexpected error was thrown and of what class; its message may quote anything, so it is left out. */
function faultOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [cause.name, ...frames.slice(0, 8).map((frame) => frame.trim())].join(' ');
}
