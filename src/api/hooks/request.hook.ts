import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import { AuthThrottle } from '../../access/limits/auth-throttle';
import { Limits } from '../../access/limits/limits';
import type { Principal } from '../../access/principal';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import type { Scope } from '../../context/caller';
import type { Tenant } from '../../context/tenant';
import { invalidRequest } from '../../problems/invalid-request';
import { Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { precondition, unsupportedCondition } from '../request/conditions';
import { addressOf, onBehalfOf, requestContext } from '../request/headers';
import { setHeaders } from '../response/header-list';
import { securityHeadersOf } from '../response/security-headers';
import type { RouteDeclaration } from '../routes/route-declaration';
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
  ) {
    this.#cors = new Cors(config.http.corsOrigins);
  }

  install(fastify: FastifyInstance): void {
    fastify.decorateRequest('state');
    fastify.addHook('onRoute', (route) => this.routes.add(route));
    fastify.addHook('onRequest', async (request, reply) => {
      request.state = { arrivedAt: this.clock.monotonic() };
      setHeaders(reply, securityHeadersOf(request.url));
      reply.headers(this.#cors.headersFor(request.headers)).header('x-request-id', request.id);
      const problem = problemWith(request.raw);
      if (problem) throw problem;
      if (request.url.length > MAX_URL_LENGTH) throw new Problem('validation-failed', URL_TOO_LONG);
      const { declaration } = request.routeOptions.config;
      if (request.is404 || !declaration || !this.#isServedHere(request, declaration))
        return this.#reject(request, reply);
      if (declaration.access !== 'caller') return;
      await this.#admit(request, reply, declaration.scope);
      if (!SAFE_METHODS.has(request.method)) requireConditions(request.raw, declaration.evaluatesConditions === true);
    });
    if (!this.#cors.isOn) return;
    fastify.addHook('onSend', async (_request, reply) => {
      reply.header('vary', [reply.getHeader('vary') ?? [], 'Origin'].flat().join(', '));
    });
  }

  async #admit(request: FastifyRequest, reply: FastifyReply, scope: Scope | 'any'): Promise<void> {
    const { raw, state, id } = request;
    const principal = await this.#identify(request);
    this.connections.of(raw.socket)?.authenticate();
    const tenant = this.access.tenantOf(principal, raw) ?? principal.soleTenant;
    this.#rememberForTrail(request, principal, tenant);
    const context = valueOrProblem(() =>
      requestContext(raw, id, this.access.authorise(principal, raw, scope), this.clock),
    );
    if (!(context instanceof Problem)) state.context = context;
    // Rejected requests count too: a caller that sends only those must be limited as well.
    const decision = this.limits.take({ caller: principal.caller, ...(tenant && { tenant }) });
    if (decision) setHeaders(reply, decision.headers);
    if (decision?.waitSeconds !== undefined)
      throw new Problem('rate-limited', { retryAfterSeconds: decision.waitSeconds });
    if (context instanceof Problem) throw context;
  }

  /** For the audit trail, if the request is rejected. */
  #rememberForTrail({ raw, state }: FastifyRequest, principal: Principal, tenant: Tenant | undefined): void {
    const person = onBehalfOf(raw);
    state.refused = {
      caller: principal.caller.id,
      tenant: tenant?.id ?? null,
      ...(person !== undefined && { onBehalfOf: person }),
    };
  }

  async #identify({ raw, id }: FastifyRequest): Promise<Principal> {
    const address = addressOf(raw);
    try {
      return await this.access.identify(raw, { address, requestId: id });
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthenticated') throw this.authThrottle.refusal(address);
      throw error;
    }
  }

  /** With `MANAGEMENT_PORT`, that port serves health and metrics only, and the other port all other routes. */
  #isServedHere({ raw }: FastifyRequest, declaration: RouteDeclaration): boolean {
    if (this.config.http.managementPort === undefined) return true;
    const isManagement = declaration.access === 'public' && declaration.isManagement;
    return isManagement === (this.connections.of(raw.socket)?.isManagement === true);
  }

  /** Unknown route or verb; before credentials are checked, so that the response reveals nothing about them. */
  #reject(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const [path = ''] = request.url.split('?');
    const allow = request.is404 ? this.routes.methodsOf(path) : [];
    if (allow.length === 0) throw new Problem('not-found');
    if (request.method !== 'OPTIONS') throw new Problem('method-not-allowed', { allow });
    const preflight = this.#cors.preflightHeadersFor(request.headers, allow);
    return reply.status(204).headers(preflight).header('allow', allow.join(', ')).send();
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

function valueOrProblem<T>(work: () => T): T | Problem {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
