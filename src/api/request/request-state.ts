import type { FastifyRequest } from 'fastify';
import type { AuditActor, AuditTarget } from '../../audit/record';
import type { AuditAction } from '../../audit/vocabulary';
import type { RequestContext } from '../../context/request-context';
import type { Run } from '../../idempotency/idempotency';
import { Problem } from '../../problems/problem';
import type { RouteDeclaration } from '../routes/route-declaration';

/** What the hooks have learnt of a request, and what its answer turned out to be. */
export interface RequestState {
  /** Clock.monotonic() at the first byte. */
  readonly arrivedAt: number;
  /** Set once the caller is known and allowed; absent on public routes. */
  context?: RequestContext;
  /** Who was known but not let in; the tenant is one that the caller may act for. */
  refused?: Pick<AuditActor, 'caller' | 'tenant' | 'onBehalfOf'>;
  /** Bytes of memory that its body is charged for, until it is handled. */
  bodyBytes?: number;
  /** What the request turned out to be, where its route stands for two actions (S-300). */
  action?: AuditAction;
  /** What it is about, where the path does not tell it all. */
  target?: AuditTarget;
  /** The problem it was answered with. */
  problem?: Problem;
  /** The right to carry out a request with an `Idempotency-Key`. */
  run?: Run;
  /** The integration that was written. */
  written?: string;
  /** RFC 9211, where the answer came through the cache. */
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

/** The context of a request on a route that asks for a caller. */
export function contextOf(request: FastifyRequest): RequestContext {
  const { context } = request.state;
  if (!context) throw new Problem('internal-error', { cause: 'a route that declares no scope asked for the caller' });
  return context;
}
