import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import { AuditTrail, actorOf } from '../../audit/audit-trail';
import type { AuditAction, AuditActor, AuditOutcome, AuditTarget } from '../../audit/record';
import { isHit } from '../../cache/cache-status';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { guidOf, type RequestContext, type RequestStats } from '../../context/request-context';
import { HubsterError } from '../../hubster/outcome/hubster-error';
import { failureOf } from '../../hubster/outcome/outcome';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import type { Problem } from '../../problems/problem';
import { isOwnId, onBehalfOf } from '../request/headers';
import type { RouteAudit, RouteDeclaration } from '../routes/route-declaration';

/** Actions that write their own record when carried out, and one here when rejected. */
const RECORDED_WHEN_REJECTED: ReadonlySet<AuditAction> = new Set([
  'integration.create',
  'integration.update',
  'integration.delete',
  'secret.compare',
  'webhook.verify',
]);

/** Shared by all requests of one route, verb and status; all three are closed sets. */
interface RequestKind {
  readonly method: string;
  readonly status: number;
  readonly requests: { inc(): void };
  readonly seconds: { observe(value: number): void };
  /** Log members, as JSON without braces. */
  readonly logMembers: string;
  readonly level: 'debug' | 'info' | 'warn';
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
    const { arrivedAt, cacheStatus } = request.state;
    const milliseconds = this.clock.monotonic() - arrivedAt;
    const kind = this.#kindOf(request, status);
    kind.requests.inc();
    kind.seconds.observe(milliseconds / 1000);
    if (this.#isLogged(status, cacheStatus)) this.#log(kind, request, milliseconds);
  }

  /** `LOG_SAMPLE` applies to cache hits only; all other requests are always logged. */
  #isLogged(status: number, cacheStatus: string | undefined): boolean {
    const { sample } = this.config.log;
    return sample === 1 || status >= 400 || !cacheStatus || !isHit(cacheStatus) || Math.random() < sample;
  }

  #log(kind: RequestKind, { id, raw, state }: FastifyRequest, milliseconds: number): void {
    const { callerContext: context, problem, cacheStatus } = state;
    const isGenerated = isOwnId(raw, id);
    let own = `${kind.logMembers},"durationMs":${Math.round(milliseconds * 10) / 10}`;
    if (state.address !== '') own += `,"address":"${state.address}"`;
    // Values that Stagedoor generated need no redaction, which would cost as much as the rest of the line.
    if (isGenerated) own += `,"requestId":"${id}"`;
    if (context !== undefined) own += `,"attempts":${context.stats.attempts}`;
    if (problem) own += `,"code":"${problem.code}"`;
    if (cacheStatus !== undefined) own += `,"cache":"${cacheStatus}"`;
    const members = ['requestId', isGenerated ? undefined : id, 'traceId', context?.traceId];
    const owner = { tenant: context?.tenant?.id, caller: context?.caller.id };
    const failed = problem?.details.cause instanceof HubsterError ? problem.details.cause : undefined;
    if (failed) own += `,"cause":"${failureOf(failed.outcome)}"`;
    if (problem?.code === 'internal-error') members.push('fault', faultOf(problem.details.cause));
    this.logger.flat(own, owner, members, 'request', kind.level);
  }

  #kindOf({ method, state: { route, declaration } }: FastifyRequest, status: number): RequestKind {
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
      level: levelOf(status, declaration),
    };
    this.#kinds.set(route, [...ofRoute, kind]);
    return kind;
  }
}

/** Probes and scrapes come every few seconds; those of a process that is not ready too, which other lines report. */
function levelOf(status: number, declaration: RouteDeclaration | undefined): RequestKind['level'] {
  const isProbe = declaration?.access === 'public' && declaration.isManagement;
  if (isProbe && status !== 500) return 'debug';
  return status < 500 ? 'info' : 'warn';
}

/** Class and stack of an unexpected error; its message may quote secrets, so it is left out. */
function faultOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [cause.name, ...frames.slice(0, 8).map((frame) => frame.trim())].join(' ');
}

/** After each response: counts it, logs it in one line, and records a rejection in the audit trail. */
@Injectable()
export class ResponseHook {
  constructor(
    private readonly access: Access,
    private readonly audit: AuditTrail,
    private readonly accessLog: AccessLog,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  install(fastify: FastifyInstance): void {
    fastify.addHook('onSend', ({ state }, reply, payload, done) => {
      const timing = serverTimingOf(state.context?.stats);
      if (timing !== undefined) reply.header('server-timing', timing);
      done(null, payload);
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      this.accessLog.record(request, reply.statusCode);
      this.#record(request, reply);
      const { context, problem } = request.state;
      // The caller was authenticated, and then Hubster no longer accepted its portal token.
      if (context && problem?.code === 'unauthenticated') this.access.forgetPortalToken(request.raw);
      done();
    });
  }

  /** One record for each rejection; a write that opened an intent records its own outcome. */
  #record(request: FastifyRequest, reply: FastifyReply): void {
    const { callerContext, context, declaration, identified, problem } = request.state;
    if (declaration?.access !== 'caller') return;
    const isLimited = problem?.code === 'rate-limited';
    if (!context && !identified) this.#recordUnauthenticated(request, problem);
    // A caller over its limit would fill the trail; the log has a line for each request. Comparisons are recorded even so.
    else if (isLimited) this.#recordLimitedComparison(request, declaration.audit);
    else if (context) this.#recordResponse(request, reply.statusCode, context, declaration.audit);
    else if (identified && !callerContext) {
      const { caller, tenant } = identified;
      const person = onBehalfOf(request.raw);
      const onBehalf = person !== undefined && { onBehalfOf: person };
      const actor = { caller: caller.id, tenant: tenant?.id ?? null, ...onBehalf, ...this.#origin(request) };
      this.audit.rejected(actor, this.#event('access.refused', request, reply.statusCode));
    }
  }

  /** Only rejections: with any other problem Hubster did not decide whether a portal token is good. */
  #recordUnauthenticated(request: FastifyRequest, problem: Problem | undefined): void {
    if (problem?.code === 'unauthenticated' || problem?.code === 'rate-limited')
      this.audit.unauthenticated(this.#origin(request));
  }

  #recordLimitedComparison(request: FastifyRequest, audit: RouteAudit): void {
    const { context } = request.state;
    if (!context || !('action' in audit) || audit.action !== 'secret.compare') return;
    this.audit.rejected(actorOf(context), this.#event(audit.action, request, 429));
  }

  #recordResponse(request: FastifyRequest, status: number, context: RequestContext, audit: RouteAudit): void {
    if (!('action' in audit) || context.stats.intents > 0) return;
    const action = request.state.action ?? audit.action;
    const isRejected = RECORDED_WHEN_REJECTED.has(action) && status >= 400;
    const isRead = action === 'integration.read' && this.config.audit.level === 'all';
    // As for a limit, many would fill the trail: those of one caller share a record.
    if (isRejected && request.state.isOverload)
      this.audit.rejected(actorOf(context), this.#event(action, request, status));
    else if (isRejected || isRead) this.#append(actorOf(context), action, request, status);
  }

  /** Not awaited: the response was sent. A metric and readiness show when the trail cannot be written. */
  #append(actor: AuditActor, action: AuditAction, request: FastifyRequest, status: number): void {
    this.audit.event(actor, this.#event(action, request, status)).catch(() => undefined);
  }

  #event(action: AuditAction, request: FastifyRequest, status: number) {
    const { problem, arrivedAt, target } = request.state;
    return {
      action,
      target: target ?? targetOf(request),
      outcome: outcomeOf(status),
      status,
      ...(problem && { code: problem.code }),
      durationMs: Math.round(this.clock.monotonic() - arrivedAt),
    };
  }

  #origin({ id, state }: FastifyRequest): Pick<AuditActor, 'address' | 'requestId'> {
    return { address: state.address, requestId: id };
  }
}

function outcomeOf(status: number): AuditOutcome {
  if (status < 400) return 'success';
  return status < 500 ? 'refused' : 'failed';
}

/** The integration or hub that the path names, or else the route. */
function targetOf({ params, state }: FastifyRequest): AuditTarget {
  const named: { integrationId?: unknown; hubId?: unknown } = isObject(params) ? params : {};
  const integrationId = guidOf(named.integrationId);
  const hubId = guidOf(named.hubId);
  if (integrationId !== undefined) return { type: 'integration', id: integrationId };
  return hubId === undefined ? { type: 'route', id: state.route ?? '' } : { type: 'hub', id: hubId };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** `Server-Timing` (W3C) of a request that needed a call to Hubster: the times of cache and Hubster in milliseconds, and the number of attempts. */
function serverTimingOf({ attempts, milliseconds, cacheMilliseconds }: Partial<RequestStats> = {}): string | undefined {
  if (attempts === undefined || attempts === 0) return undefined;
  const cache = cacheMilliseconds === undefined ? '' : `cache;dur=${cacheMilliseconds.toFixed(1)}, `;
  return `${cache}upstream;dur=${(milliseconds ?? 0).toFixed(1)}, attempts;desc="${attempts}"`;
}
