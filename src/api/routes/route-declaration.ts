import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { AuditAction } from '../../audit/vocabulary';
import type { Scope } from '../../context/scope';

/** What a route leaves in the audit trail: an action, or nothing and why. */
export type RouteAudit = { readonly action: AuditAction } | { readonly none: string };

/** Who may use a route and what it leaves in the trail. Every route has one; a test walks them all. */
export type RouteDeclaration =
  | {
      readonly access: 'caller';
      readonly scope: Scope | 'any';
      readonly audit: RouteAudit;
      /** The body is kept as the bytes that came, of any content type. */
      readonly takesRawBody?: boolean;
      /** `If-Match` and `If-None-Match` are compared with what there is; elsewhere there is nothing that has a tag. */
      readonly evaluatesConditions?: boolean;
    }
  | {
      readonly access: 'public';
      /** Why anybody may. */
      readonly because: string;
      /** Served on `MANAGEMENT_PORT` instead, when that is set. */
      readonly isManagement: boolean;
    };

/** Where the declaration is found by the guard. */
export const ROUTE_DECLARATION = 'stagedoor:route';

function declare(declaration: RouteDeclaration): MethodDecorator {
  return applyDecorators(RouteConfig({ declaration }), SetMetadata(ROUTE_DECLARATION, declaration));
}

/** A route for callers with `scope` (`any`: every known caller), and its audit event. */
export function ForCallers(
  scope: Scope | 'any',
  audit: RouteAudit,
  { takesRawBody = false, evaluatesConditions = false } = {},
): MethodDecorator {
  const scopes = scope === 'any' ? [] : [scope];
  return applyDecorators(
    declare({ access: 'caller', scope, audit, takesRawBody, evaluatesConditions }),
    ApiSecurity('apiKey', scopes),
    ApiSecurity('bearer', scopes),
    ApiExtension('x-scope', scope),
  );
}

/** A route for everybody, and why. */
export function ForEverybody(because: string, { isManagement = false } = {}): MethodDecorator {
  return declare({ access: 'public', because, isManagement });
}
