import { Secret } from '../../secrets/secret';
import type { IssuerConfig, TenantConfig, TenantsConfig } from './tenants-config';

type OpenTenant = Omit<TenantConfig, 'hubster'> & { readonly clientId: string; readonly clientSecret: string };
type OpenIssuer<S extends string> = Omit<IssuerConfig<S>, 'jwksUri'> & { readonly jwksUri: string };

/** A `TenantsConfig` as threads of this process can hand it over: without classes, so with its secrets in the clear. */
export type TenantsMessage<S extends string> = Omit<TenantsConfig<S>, 'tenants' | 'issuers'> & {
  readonly tenants: readonly OpenTenant[];
  readonly issuers: readonly OpenIssuer<S>[];
};

export function packTenants<S extends string>({ tenants, issuers, ...rest }: TenantsConfig<S>): TenantsMessage<S> {
  return {
    ...rest,
    tenants: tenants.map(({ hubster: { clientId, clientSecret }, ...tenant }) => ({
      ...tenant,
      clientId,
      clientSecret: clientSecret.reveal(),
    })),
    issuers: issuers.map((issuer) => ({ ...issuer, jwksUri: issuer.jwksUri.href })),
  };
}

export function unpackTenants<S extends string>({ tenants, issuers, ...rest }: TenantsMessage<S>): TenantsConfig<S> {
  return {
    ...rest,
    tenants: tenants.map(({ clientId, clientSecret, ...tenant }) => ({
      ...tenant,
      hubster: { clientId, clientSecret: Secret.of(clientSecret) },
    })),
    issuers: issuers.map((issuer) => ({ ...issuer, jwksUri: new URL(issuer.jwksUri) })),
  };
}
