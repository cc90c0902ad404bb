import type { IssuerConfig } from '../../config/tenants/tenants-config';
import type { Scope } from '../../context/caller';
import type { Tenant } from '../../context/tenant';
import type { Principal } from '../principal';
import type { TokenClaims } from './token-verifier';

/** The principal of a verified token; undefined if its tenant does not exist or its issuer may not assert it. */
export function tokenPrincipal(
  { subject, tenant: id, scopes, rememberUntil }: TokenClaims,
  issuer: IssuerConfig<Scope>,
  tenants: ReadonlyMap<string, Tenant>,
): Principal | undefined {
  const tenant = issuer.tenants === '*' || issuer.tenants.has(id) ? tenants.get(id) : undefined;
  if (!tenant) return undefined;
  return {
    caller: {
      id: `${issuer.issuer}#${subject}`,
      scopes: new Set([...issuer.scopes].filter((scope) => scopes.has(scope))),
    },
    tenants: new Set([id]),
    soleTenant: tenant,
    expiresAt: rememberUntil,
  };
}
