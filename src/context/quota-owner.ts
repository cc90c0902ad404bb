import type { Caller } from './caller';
import type { Tenant } from './tenant';

/** The tenant and caller whose quota is used, where capacity is divided between tenants and their callers. */
export interface QuotaOwner {
  readonly tenant: string;
  readonly caller: string;
}

/** The colon keeps it apart from every id of the tenants file, the asterisk from every portal token's. */
const ALL_PASSTHROUGH_TOKENS = 'own:*';

/** Whether the tenant is a caller with a portal token of its own. */
export function isPassthrough({ credentials }: Tenant): boolean {
  return 'portalToken' in credentials;
}

/** Anybody with a Hubster account may have any number of portal tokens, so all of them together are charged as one tenant (N2). */
export function quotaOwner({ tenant, caller }: { readonly tenant: Tenant; readonly caller: Caller }): QuotaOwner {
  if (isPassthrough(tenant)) return { tenant: ALL_PASSTHROUGH_TOKENS, caller: tenant.id };
  return { tenant: tenant.id, caller: caller.id };
}
