import type { Secret } from '../../secrets/secret';

/** What an id of a tenant looks like. */
export const TENANT_ID = /^[a-z0-9-]{1,63}$/;

export interface LimitsConfig {
  readonly requestsPerMinute: number;
}

export interface TenantConfig {
  readonly id: string;
  readonly hubster: { readonly clientId: string; readonly clientSecret: Secret };
  /** The only hubs of this tenant, lower case (S-016); absent: what its credentials see. */
  readonly hubs?: ReadonlySet<string>;
  readonly limits?: LimitsConfig;
}

export interface KeyConfig {
  /** SHA-256 of the key, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  /** From when the key is not known any more, in milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** `S` is the set of scopes, which is not this room's to know. */
export interface CallerConfig<S extends string> {
  readonly id: string;
  readonly keys: readonly KeyConfig[];
  /** The tenants it may act for; `*`: all there are. */
  readonly tenants: ReadonlySet<string> | '*';
  readonly scopes: ReadonlySet<S>;
  /** Counted for the caller over all its tenants, beside the limit of each tenant. */
  readonly limits?: LimitsConfig;
}

/** Who may issue tokens (JWTs) for callers. */
export interface IssuerConfig<S extends string> {
  /** What a token's `iss` must be, to the letter. */
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: URL;
  readonly tenantClaim: string;
  readonly scopeClaim: string;
  /** The tenants its tokens may assert; `*`: all there are. */
  readonly tenants: ReadonlySet<string> | '*';
  /** The most its tokens may do. */
  readonly scopes: ReadonlySet<S>;
}

/** The tenants file, read and checked. */
export interface TenantsConfig<S extends string> {
  readonly tenants: readonly TenantConfig[];
  readonly callers: readonly CallerConfig<S>[];
  readonly issuers: readonly IssuerConfig<S>[];
  /** Whether a bearer that is no key and no issuer's token is taken as the caller's own portal token. */
  readonly passthrough: boolean;
}
