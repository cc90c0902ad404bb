import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { AuditAction } from '../../audit/record';
import type { Scope } from '../../context/caller';
import type { ReadQuery } from '../../integrations/hub-rules';
import type { Operation } from '../openapi/operation';

/** Hubster's own base path, so that a client only changes its base URL. */
export const BASE_PATH = '/api/v1';

/** The action that a route leaves in the audit trail, or the reason why it leaves none. */
export type RouteAudit = { readonly action: AuditAction } | { readonly none: string };

/** Access to a route and its audit event. Every route has a declaration; a test checks them all. */
export type RouteDeclaration = CallerRoute | PublicRoute;

interface DescribedRoute {
  /** Its description in the OpenAPI document; absent: the document does not have it. */
  readonly operation?: Operation;
}

export interface CallerRoute extends DescribedRoute {
  readonly access: 'caller';
  readonly scope: Scope | 'any';
  readonly audit: RouteAudit;
  /** The response concerns no tenant: a caller with several need not name one. */
  readonly needsNoTenant?: boolean;
  /** The body is kept as the received bytes, of any content type. */
  readonly takesRawBody?: boolean;
  /** `If-Match` and `If-None-Match` are compared with the integration; targets of other routes have no entity tags. */
  readonly evaluatesConditions?: boolean;
  /** On the routes whose responses are cached: parses the query of a request, or throws a `Problem`. */
  readonly readQuery?: ReadQueryParser;
}

interface PublicRoute extends DescribedRoute {
  readonly access: 'public';
  /** The reason for public access. */
  readonly because: string;
  /** Served on `MANAGEMENT_PORT` instead, when that is set. */
  readonly isManagement: boolean;
  /** Unknown on `PORT`, also without a `MANAGEMENT_PORT`, and while `MANAGEMENT_TENANTS` is off. */
  readonly namesTenants?: boolean;
}

type ReadQueryParser = (request: FastifyRequest) => ReadQuery;

/** A route for callers with `scope` (`any`: every known caller), and its audit event. */
export function ForCallers(
  scope: Scope | 'any',
  audit: RouteAudit,
  options: Omit<CallerRoute, 'access' | 'scope' | 'audit'> = {},
): MethodDecorator {
  return RouteConfig({ declaration: { access: 'caller', scope, audit, ...options } satisfies RouteDeclaration });
}

/** A public route, and the reason for it. */
export function ForEverybody(
  because: string,
  { isManagement = false, ...rest }: Partial<Omit<PublicRoute, 'access' | 'because'>> = {},
): MethodDecorator {
  return RouteConfig({ declaration: { access: 'public', because, isManagement, ...rest } satisfies RouteDeclaration });
}
