import { LRUCache } from 'lru-cache';
import type { CallerConfig, IssuerConfig, TenantConfig, TenantsConfig } from '../config/tenants/tenants-config';
import type { Scope } from '../context/scope';
import type { Tenant } from '../context/tenant';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { SecretKeys } from '../secrets/secret-keys';
import type { Principal } from './principal';
import { visibilityOf } from './visibility';

/** Tokens of a kind that are remembered at once, by digests (measured: 0.6 KiB each at the most); the one used longest ago is verified anew. */
const MAX_TOKENS = 10_000;

/** What one reading of the tenants file makes known. */
export interface Index {
  /** By the SHA-256 of a key. */
  readonly principals: ReadonlyMap<string, Principal>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** By what a token has as `iss`. */
  readonly issuers: ReadonlyMap<string, IssuerConfig<Scope>>;
  readonly passthrough: boolean;
  /**
   * Grants of verified tokens, by the SHA-256 of the token. They end with the index; a token that is being verified while the file is
   * replaced is verified again under the new one.
   */
  readonly verified: LRUCache<string, Principal>;
  /** Ids of the tenants of portal tokens that Hubster has accepted (passthrough), by the SHA-256 of the token; they end with the index, too. */
  readonly accepted: LRUCache<string, string>;
}

/** Tenants and callers, indexed once so that a request costs look-ups only. Replaced as a whole when the file changes. */
export class Directory {
  #index: Index;

  constructor(
    config: TenantsConfig<Scope>,
    private readonly keys: SecretKeys,
  ) {
    this.#index = indexOf(config, keys);
  }

  get index(): Index {
    return this.#index;
  }

  /** Takes effect for the next request; what a request already holds stays as it was. */
  replace(config: TenantsConfig<Scope>): void {
    this.#index = indexOf(config, this.keys);
  }

  /**
   * The principal of the key with this SHA-256. A Map compares early-out, yet tells nothing by its timing (S-757): whoever
   * tries keys does not choose their digests, so how far two digests agree brings nobody nearer to a key.
   */
  principalOf(keyHash: string): Principal | undefined {
    return this.#index.principals.get(keyHash);
  }

  tenant(id: string): Tenant | undefined {
    return this.#index.tenants.get(id);
  }
}

function indexOf({ tenants, callers, issuers, passthrough }: TenantsConfig<Scope>, keys: SecretKeys): Index {
  KNOWN_SECRETS.allow([...tenants, ...callers].map(({ id }) => id));
  const known = new Map(tenants.map((tenant) => [tenant.id, tenantOf(tenant, keys)]));
  return {
    tenants: known,
    principals: new Map(callers.flatMap((caller) => principalsOf(caller, known))),
    issuers: new Map(issuers.map((issuer) => [issuer.issuer, issuer])),
    passthrough,
    verified: new LRUCache({ max: MAX_TOKENS }),
    accepted: new LRUCache({ max: MAX_TOKENS }),
  };
}

function tenantOf({ id, hubster, hubs, limits }: TenantConfig, keys: SecretKeys): Tenant {
  KNOWN_SECRETS.remember('configured', hubster.clientSecret);
  const visibility = visibilityOf(keys, id, hubster, hubs);
  const previousVisibility = keys.previous && visibilityOf(keys.previous, id, hubster, hubs);
  return {
    ...{ id, credentials: hubster, ...(hubs && { hubs }), visibility },
    ...(previousVisibility !== undefined && { previousVisibility }),
    ...limits,
  };
}

function principalsOf(
  config: CallerConfig<Scope>,
  known: ReadonlyMap<string, Tenant>,
): readonly (readonly [string, Principal])[] {
  const { keys, tenants } = config;
  const caller = { id: config.id, scopes: config.scopes, ...config.limits };
  const [first = ''] = tenants;
  const soleTenant = tenants !== '*' && tenants.size === 1 ? known.get(first) : undefined;
  return keys.map(({ hash, expiresAt = Number.POSITIVE_INFINITY }) => [
    hash,
    { caller, tenants, ...(soleTenant && { soleTenant }), expiresAt },
  ]);
}
