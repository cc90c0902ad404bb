import { Secret } from '../../secrets/secret';
import type { DemoKey } from '../demo';
import type { TenantsConfig } from './tenants-config';

/** The members of a sandbox tenant that this function reads. */
interface SandboxTenant {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

interface DemoTenants<S extends string> {
  readonly config: TenantsConfig<S>;
  readonly keys: readonly DemoKey[];
}

/**
 * A tenant for each tenant of the sandbox, each with one caller that has all scopes. No `hubs`: the sandbox isolates its
 * tenants, and with several hubs a request for the collection would require a `hubId`.
 */
export function demoTenants<S extends string>(
  sandboxTenants: readonly SandboxTenant[],
  makeKey: () => { readonly key: Secret; readonly hash: string },
  scopes: readonly S[],
): DemoTenants<S> {
  const made = sandboxTenants.map((tenant) => ({ tenant, caller: `${tenant.name}-app`, ...makeKey() }));
  return {
    config: {
      tenants: made.map(({ tenant: { name, clientId, clientSecret } }) => ({
        id: name,
        hubster: { clientId, clientSecret: Secret.of(clientSecret) },
      })),
      callers: made.map(({ tenant, caller, hash }) => ({
        id: caller,
        keys: [{ hash }],
        tenants: new Set([tenant.name]),
        scopes: new Set(scopes),
      })),
      issuers: [],
      passthrough: false,
    },
    keys: made.map(({ tenant, caller, key }) => ({ caller, role: 'all scopes', tenants: [tenant.name], key })),
  };
}
