import type { IssuerConfig } from '../../config/tenants/tenants-config';
import type { Scope } from '../../context/scope';
import type { Tenant } from '../../context/tenant';
import type { Principal } from '../principal';
import type { TokenClaims } from './token-verifier';

/** What a verified token may do; nothing when it asserts a tenant that is not there or not its issuer's to assert. */
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
