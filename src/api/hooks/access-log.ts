import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isHit } from '../../cache/cache-status';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { LOGGER, type Logger } from '../../observability/logger';
import { Metrics } from '../../observability/metrics';
import { isOwnId } from '../request/headers';

/** Shared by all requests of one route, verb and status; all three are closed sets. */
interface RequestKind {
  readonly method: string;
  readonly status: number;
  readonly requests: { inc(): void };
  readonly seconds: { observe(value: number): void };
  /** Log members, as JSON without braces. */
  readonly logMembers: string;
}

/** Counts every completed request and logs it in one line. */
@Injectable()
export class AccessLog {
  readonly #kinds = new Map<string | undefined, readonly RequestKind[]>();

  constructor(
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  record(request: FastifyRequest, status: number): void {
    const { arrivedAt, route, cacheStatus } = request.state;
    const milliseconds = this.clock.monotonic() - arrivedAt;
    const kind = this.#kindOf(request.method, route, status);
    kind.requests.inc();
    kind.seconds.observe(milliseconds / 1000);
    if (this.#leavesLine(status, cacheStatus)) this.#log(kind, request, milliseconds);
  }

  /** `LOG_SAMPLE` applies to cache hits only; all other requests are always logged. */
  #leavesLine(status: number, cacheStatus: string | undefined): boolean {
    const { sample } = this.config.log;
    return sample === 1 || status >= 400 || !cacheStatus || !isHit(cacheStatus) || Math.random() < sample;
  }

  #log(kind: RequestKind, { id, raw, state }: FastifyRequest, milliseconds: number): void {
    const { context, problem, cacheStatus } = state;
    const isGenerated = isOwnId(raw, id);
    let own = `${kind.logMembers},"durationMs":${Math.round(milliseconds * 10) / 10}`;
    // Values that Stagedoor generated need no redaction, which would cost as much as the rest of the line.
    if (isGenerated) own += `,"requestId":"${id}"`;
    if (context !== undefined) own += `,"attempts":${context.stats.attempts}`;
    if (problem) own += `,"code":"${problem.code}"`;
    if (cacheStatus !== undefined) own += `,"cache":"${cacheStatus}"`;
    const members = ['requestId', isGenerated ? undefined : id, 'traceId', context?.traceId];
    const owner = { tenant: context?.tenant.id, caller: context?.caller.id };
    if (problem?.code !== 'internal-error') this.logger.flat(own, owner, members, 'request');
    else this.logger.flat(own, owner, [...members, 'fault', faultOf(problem.details.cause)], 'request', 'error');
  }

  #kindOf(method: string, route: string | undefined, status: number): RequestKind {
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
