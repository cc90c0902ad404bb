import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { AuditAction } from '../../audit/vocabulary';
import type { Scope } from '../../context/scope';
import type { ReadQuery } from '../../integrations/read-query';
import { Problem } from '../../problems/problem';

/** The action that a route leaves in the audit trail, or the reason why it leaves none. */
export type RouteAudit = { readonly action: AuditAction } | { readonly none: string };

/** Access to a route and its audit event. Every route has a declaration; a test checks them all. */
export type RouteDeclaration = CallerRoute | PublicRoute;

export interface CallerRoute {
  readonly access: 'caller';
  readonly scope: Scope | 'any';
  readonly audit: RouteAudit;
  /** The body is kept as the received bytes, of any content type. */
  readonly takesRawBody?: boolean;
  /** `If-Match` and `If-None-Match` are compared with the integration; targets of other routes have no entity tags. */
  readonly evaluatesConditions?: boolean;
  /** On the routes whose responses are cached: parses the query of a request, or throws a `Problem`. */
  readonly readQuery?: ReadQueryParser;
}

interface PublicRoute {
  readonly access: 'public';
  /** The reason for public access. */
  readonly because: string;
  /** Served on `MANAGEMENT_PORT` instead, when that is set. */
  readonly isManagement: boolean;
}

export type ReadQueryParser = (request: FastifyRequest) => ReadQuery;

/** The metadata key of the declaration, for the guard. */
export const ROUTE_DECLARATION = 'stagedoor:route';

function declare(declaration: RouteDeclaration): MethodDecorator {
  return applyDecorators(RouteConfig({ declaration }), SetMetadata(ROUTE_DECLARATION, declaration));
}

/** A route for callers with `scope` (`any`: every known caller), and its audit event. */
export function ForCallers(
  scope: Scope | 'any',
  audit: RouteAudit,
  options: Pick<CallerRoute, 'takesRawBody' | 'evaluatesConditions' | 'readQuery'> = {},
): MethodDecorator {
  const scopes = scope === 'any' ? [] : [scope];
  return applyDecorators(
    declare({ access: 'caller', scope, audit, ...options }),
    ApiSecurity('apiKey', scopes),
    ApiSecurity('bearer', scopes),
    ApiExtension('x-scope', scope),
  );
}

/** A public route, and the reason for it. */
export function ForEverybody(because: string, { isManagement = false } = {}): MethodDecorator {
  return declare({ access: 'public', because, isManagement });
}

/** Rejects routes without a declaration, as the request hook cannot check them. */
@Injectable()
export class DeclaredRouteGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<unknown>(ROUTE_DECLARATION, context.getHandler()) !== undefined) return true;
    throw new Problem('internal-error', { cause: 'a route without a declaration' });
  }
}

/** Hubster's own base path, so that a client only changes its base URL. */
export const BASE_PATH = '/api/v1';
