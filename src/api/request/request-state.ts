import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import type { Principal } from '../../access/directory';
import type { AuditAction, AuditTarget } from '../../audit/record';
import type { Caller } from '../../context/caller';
import type { CallerContext, RequestContext } from '../../context/request-context';
import type { Tenant } from '../../context/tenant';
import type { Run } from '../../idempotency/idempotency';
import { Problem } from '../../problems/problem';
import type { RouteDeclaration } from '../routes/route-declaration';
import type { Connection } from '../server/connection';

/** The state of a request that hooks and handlers share. */
interface RequestState {
  /** Clock.monotonic() at the first byte. */
  readonly arrivedAt: number;
  /** Of the client, also behind trusted proxies. */
  readonly address: string;
  /** Absent for an injected request, as in unit specs. */
  readonly connection?: Connection | undefined;
  /** The template of its route, never the URL: a query may contain anything. */
  readonly route: string | undefined;
  /** Absent for an unknown route or verb. */
  readonly declaration: RouteDeclaration | undefined;
  /** The headers that the response has in any case: alternating names and values. */
  readonly headers: string[];
  /** Set once the caller is authorised; absent on public routes. */
  callerContext?: CallerContext;
  /** The same, if the request has a tenant. */
  context?: RequestContext;
  /** Set once the caller is authenticated; the tenant is one that it may act for, as are `tenants`. */
  identified?: {
    readonly caller: Caller;
    readonly tenant: Tenant | undefined;
    readonly tenants: Principal['tenants'];
  };
  /** Bytes of memory that are charged for its body, until it is handled. */
  bodyBytes?: number;
  /** The actual action, on a route with two actions (S-300). */
  action?: AuditAction;
  /** The target, if the path does not name it completely. */
  target?: AuditTarget;
  /** The problem in the response. */
  problem?: Problem;
  /** Whether it was rejected because the process has too many requests. */
  isOverload?: boolean;
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

/** The caller of a request on a route for callers. */
export function identifiedOf(request: FastifyRequest): NonNullable<RequestState['identified']> {
  const { identified } = request.state;
  if (!identified) throw new Problem('internal-error', { cause: 'a route without a scope has no caller' });
  return identified;
}

/** The error in the form that Fastify's hooks accept. */
export function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error('a hook has thrown', { cause: error });
}

/** The tenants file may be replaced while a request runs; its response must suit the new one (S-016). */
@Injectable()
export class CurrentTenants {
  constructor(private readonly access: Access) {}

  /** Reads, and reads again if the visibility of the tenant has changed meanwhile. Throws `forbidden` if the tenant was removed. */
  async read<T>(request: FastifyRequest, read: (context: RequestContext) => Promise<T>): Promise<T> {
    for (;;) {
      const context = contextOf(request);
      const response = await read(context);
      const tenant = this.access.current(context.tenant);
      if (tenant?.visibility === context.tenant.visibility) return response;
      if (!tenant) throw new Problem('forbidden', { detail: 'The caller may not act for this tenant.' });
      request.state.context = { ...context, tenant };
    }
  }
}
