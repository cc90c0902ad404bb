import type { Secret } from '../../secrets/secret';
import type { HubsterAddresses } from '../config';

/** Of a tenants file; enough for some 50,000 callers. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

interface LimitsConfig {
  readonly requestsPerMinute: number;
}

export interface TenantConfig {
  readonly id: string;
  readonly hubster: {
    readonly clientId: string;
    readonly clientSecret: Secret;
    /** Absent: those of the environment. */
    readonly addresses?: HubsterAddresses;
  };
  /** The only hubs of this tenant, lower case (S-016); absent: all hubs that its credentials can read. */
  readonly hubs?: ReadonlySet<string>;
  readonly limits?: LimitsConfig;
}

interface KeyConfig {
  /** SHA-256 of the key, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  /** When the key becomes invalid, in milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** `S`: the scopes, which belong to another module (`context`). */
export interface CallerConfig<S extends string> {
  readonly id: string;
  readonly keys: readonly KeyConfig[];
  /** The tenants it may act for; `*`: all of them. */
  readonly tenants: ReadonlySet<string> | '*';
  readonly scopes: ReadonlySet<S>;
  /** Over all its tenants, in addition to the limit of each tenant. */
  readonly limits?: LimitsConfig;
}

/** An issuer of tokens (JWTs) for callers. */
export interface IssuerConfig<S extends string> {
  /** The exact value of a token's `iss`. */
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: URL;
  readonly tenantClaim: string;
  readonly scopeClaim: string;
  /** The tenants its tokens may assert; `*`: all of them. */
  readonly tenants: ReadonlySet<string> | '*';
  /** The scopes its tokens may have. */
  readonly scopes: ReadonlySet<S>;
}

/** The content of a valid tenants file. */
export interface TenantsConfig<S extends string> {
  readonly tenants: readonly TenantConfig[];
  readonly callers: readonly CallerConfig<S>[];
  readonly issuers: readonly IssuerConfig<S>[];
  /** Whether a bearer token that is neither a key nor a token of an issuer is used as the caller's own portal token. */
  readonly passthrough: boolean;
}
