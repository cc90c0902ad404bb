import type { CallerConfig, TenantConfig, TenantsConfig } from '../config/tenants-config';
import type { Caller } from '../context/caller';
import type { Scope } from '../context/scope';
import type { Tenant } from '../context/tenant';
import { KNOWN_SECRETS } from '../secrets/known-secrets';

/** What an identified caller may do. */
export interface Grant {
  readonly caller: Caller;
  /** The tenants it may act for; `*`: all there are. */
  readonly tenants: ReadonlySet<string> | '*';
  /** The tenant that needs no naming. A caller of `*` has none even while there is one tenant: a second must not break it. */
  readonly soleTenant?: Tenant;
  /** From when the grant holds no more, in milliseconds since the epoch; infinite for a key without end. */
  readonly expiresAt: number;
}

interface Index {
  readonly grants: ReadonlyMap<string, Grant>;
  readonly tenants: ReadonlyMap<string, Tenant>;
}

/** Tenants and callers, indexed once so that a request costs look-ups only. Replaced as a whole when the file changes. */
export class Directory {
  #index: Index;

  constructor(config: TenantsConfig<Scope>) {
    this.#index = indexOf(config);
  }

  /** Takes effect for the next request; what a request already holds stays as it was. */
  replace(config: TenantsConfig<Scope>): void {
    this.#index = indexOf(config);
  }

  /**
   * The grant of the key with this SHA-256. A Map compares early-out, yet tells nothing by its timing (S-757): whoever
   * tries keys does not choose their digests, so how far two digests agree brings nobody nearer to a key.
   */
  grantOf(keyHash: string): Grant | undefined {
    return this.#index.grants.get(keyHash);
  }

  tenant(id: string): Tenant | undefined {
    return this.#index.tenants.get(id);
  }
}

function indexOf({ tenants, callers }: TenantsConfig<Scope>): Index {
  const known = new Map(tenants.map((tenant) => [tenant.id, tenantOf(tenant)]));
  return { tenants: known, grants: new Map(callers.flatMap((caller) => grantsOf(caller, known))) };
}

function tenantOf({ id, hubster, hubs }: TenantConfig): Tenant {
  KNOWN_SECRETS.remember('configured', hubster.clientSecret);
  return { id, credentials: hubster, ...(hubs && { hubs }) };
}

function grantsOf(
  config: CallerConfig<Scope>,
  known: ReadonlyMap<string, Tenant>,
): readonly (readonly [string, Grant])[] {
  const { keys, tenants } = config;
  const caller = { id: config.id, scopes: config.scopes };
  const [first = ''] = tenants;
  const soleTenant = tenants !== '*' && tenants.size === 1 ? known.get(first) : undefined;
  return keys.map(({ hash, expiresAt = Number.POSITIVE_INFINITY }) => [
    hash,
    { caller, tenants, ...(soleTenant && { soleTenant }), expiresAt },
  ]);
}
