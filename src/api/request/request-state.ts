import type { FastifyRequest } from 'fastify';
import type { AuditAction, AuditActor, AuditTarget } from '../../audit/record';
import type { RequestContext } from '../../context/request-context';
import type { Run } from '../../idempotency/idempotency';
import { Problem } from '../../problems/problem';
import type { RouteDeclaration } from '../routes/route-declaration';

/** The state of a request that hooks and handlers share. */
export interface RequestState {
  /** Clock.monotonic() at the first byte. */
  readonly arrivedAt: number;
  /** Set once the caller is authorised; absent on public routes. */
  context?: RequestContext;
  /** An authenticated caller, for the record of a rejection; the tenant is one that it may act for. */
  refused?: Pick<AuditActor, 'caller' | 'tenant' | 'onBehalfOf'>;
  /** Bytes of memory that are charged for its body, until it is handled. */
  bodyBytes?: number;
  /** The actual action, on a route with two actions (S-300). */
  action?: AuditAction;
  /** The target, if the path does not name it completely. */
  target?: AuditTarget;
  /** The problem in the response. */
  problem?: Problem;
  /** The right to carry out a request with an `Idempotency-Key`. */
  run?: Run;
  /** The id of the integration that was written. */
  written?: string;
  /** RFC 9211; set on reads through the cache. */
  cacheStatus?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState;
  }
  interface FastifyContextConfig {
    declaration?: RouteDeclaration;
  }
}

/** The context of a request on a route for callers. */
export function contextOf(request: FastifyRequest): RequestContext {
  const { context } = request.state;
  if (!context) throw new Problem('internal-error', { cause: 'a route without a scope has no request context' });
  return context;
}
