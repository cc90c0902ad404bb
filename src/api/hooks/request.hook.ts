import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import type { Principal } from '../../access/directory';
import { AuthThrottle } from '../../access/limits/address-limit';
import { Limits } from '../../access/limits/limits';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import type { CallerContext, RequestContext } from '../../context/request-context';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { invalidRequest, Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { precondition, unsupportedCondition } from '../request/caching-headers';
import { requestContext } from '../request/headers';
import { errorOf } from '../request/request-state';
import { DATA_HEADERS, setHeaders } from '../response/response-headers';
import type { CallerRoute, RouteDeclaration } from '../routes/route-declaration';
import { Connections } from '../server/connections';
import { problemWith } from '../server/http-server';
import { Cors } from './cors';
import { RouteTable } from './route-table';

/** In characters; eight times the longest URL of a route with ids, filters and a cursor. */
const MAX_URL_LENGTH = 8192;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const URL_TOO_LONG = { status: 414, detail: 'The URL is longer than 8 KiB.' };

/**
 * Checks every request before its body is read (docs/decisions/0015): route, verb, caller, tenant, scope. The checks are one hook,
 * so that their order is written down once and none can be forgotten.
 */
@Injectable()
export class RequestHook {
  readonly routes = new RouteTable();
  readonly #cors: Cors;

  constructor(
    private readonly access: Access,
    private readonly authThrottle: AuthThrottle,
    private readonly limits: Limits,
    private readonly clock: Clock,
    private readonly connections: Connections,
    private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#cors = new Cors(config.http.corsOrigins);
  }

  install(fastify: FastifyInstance): void {
    fastify.decorateRequest('state');
    fastify.addHook('onRoute', (route) => this.routes.add(route));
    fastify.addHook('onRequest', (request, reply, done) => {
      const { raw, id, routeOptions } = request;
      const arrivedAt = this.clock.monotonic();
      const connection = this.connections.of(raw.socket);
      const address = connection?.clientOf(raw.headers) ?? '';
      const headers = [...DATA_HEADERS, 'x-request-id', id];
      if (raw.headers.origin !== undefined) headers.push(...this.#cors.headersFor(raw.headers.origin));
      const { url: route, config } = routeOptions;
      request.state = { arrivedAt, address, connection, route, declaration: config.declaration, headers };
      try {
        const pending = this.#check(request, reply);
        if (pending !== undefined) pending.then(() => done(), done);
        else done();
      } catch (error) {
        done(errorOf(error));
      }
    });
    const { isOn: hasCors } = this.#cors;
    fastify.addHook('onSend', ({ state }, reply, payload, done) => {
      setHeaders(reply, state.headers);
      if (hasCors) reply.header('vary', [reply.getHeader('vary') ?? [], 'Origin'].flat().join(', '));
      done(null, payload);
    });
  }

  /** Returns a promise only if a token has to be verified first. */
  #check(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const problem = problemWith(request.raw);
    if (problem) throw problem;
    if (request.url.length > MAX_URL_LENGTH) throw new Problem('validation-failed', URL_TOO_LONG);
    const { declaration } = request.state;
    if (request.is404 || !declaration || !this.#isServedHere(request, declaration)) {
      this.#reject(request, reply);
      return undefined;
    }
    if (declaration.access !== 'caller') return undefined;
    const principal = this.#identify(request);
    if (principal instanceof Promise) return principal.then((known) => this.#admit(request, known, declaration));
    this.#admit(request, principal, declaration);
    return undefined;
  }

  #admit({ raw, state, id }: FastifyRequest, principal: Principal, declaration: CallerRoute): void {
    state.connection?.authenticate();
    const { caller } = principal;
    const { address } = state;
    const named = this.access.tenantOf(principal, raw);
    const tenant = named ?? principal.soleTenant;
    state.identified = { caller, tenant, tenants: principal.tenants };
    const context = valueOrProblem(() => {
      const authorised = declaration.needsNoTenant
        ? this.access.authoriseWithoutTenant(caller, named, raw, declaration.scope)
        : this.access.authorise(caller, named, raw, declaration.scope);
      return requestContext(raw, { address, requestId: id }, authorised, this.clock);
    });
    if (!(context instanceof Problem)) {
      state.callerContext = context;
      if (hasTenant(context)) state.context = context;
    }
    // Rejected requests count too: a caller that sends only those must be limited as well.
    const decision = this.limits.take(state.identified);
    if (decision) state.headers.push(...decision.headers);
    if (decision?.waitSeconds !== undefined) {
      const { exhausted, waitSeconds } = decision;
      logEvent(this.logger, 'limits.rejected', { requestId: id, tenant: tenant?.id, caller: caller.id, by: exhausted });
      throw new Problem('rate-limited', { retryAfterSeconds: waitSeconds });
    }
    if (context instanceof Problem) throw context;
    if (!SAFE_METHODS.has(raw.method ?? '')) requireConditions(raw, declaration.evaluatesConditions === true);
  }

  #identify({ raw, id, state: { address } }: FastifyRequest): Principal | Promise<Principal> {
    try {
      const principal = this.access.identify(raw, { address, requestId: id });
      return principal instanceof Promise ? principal.catch((error) => this.#throttled(error, address)) : principal;
    } catch (error) {
      return this.#throttled(error, address);
    }
  }

  #throttled(error: unknown, address: string): never {
    if (error instanceof Problem && error.code === 'unauthenticated') throw this.authThrottle.countFailure(address);
    throw error;
  }

  /** With `MANAGEMENT_PORT`, that port serves health and metrics only, and the other port all other routes. */
  #isServedHere({ raw }: FastifyRequest, declaration: RouteDeclaration): boolean {
    if (this.config.http.managementPort === undefined) return true;
    const isManagement = declaration.access === 'public' && declaration.isManagement;
    return isManagement === (this.connections.of(raw.socket)?.isManagement === true);
  }

  /** Unknown route or verb; before credentials are checked, so that the response reveals nothing about them. */
  #reject(request: FastifyRequest, reply: FastifyReply): void {
    const [path = ''] = request.url.split('?');
    const allow = request.is404 ? this.routes.methodsOf(path) : [];
    if (allow.length === 0) throw new Problem('not-found');
    if (request.method !== 'OPTIONS') throw new Problem('method-not-allowed', { allow });
    const preflight = this.#cors.preflightHeadersFor(request.headers, allow);
    void reply.status(204).headers(preflight).header('allow', allow.join(', ')).send();
  }
}

/** Throws for a write with a condition that is not evaluated: it must not be carried out. */
function requireConditions({ headers }: IncomingMessage, isEvaluated: boolean): void {
  const unsupported = unsupportedCondition(headers);
  if (unsupported !== undefined) {
    throw invalidRequest([parameterViolation(206, unsupported, 'Conditions are `If-Match` and `If-None-Match`.')]);
  }
  if (!isEvaluated && precondition(headers).precondition?.([]) === false) throw new Problem('precondition-failed');
}

function hasTenant(context: CallerContext): context is RequestContext {
  return context.tenant !== undefined;
}

function valueOrProblem<T>(work: () => T): T | Problem {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
