import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { runToEnd, SLICES } from '../clock/slices';
import type { CallerConfig, IssuerConfig, TenantConfig, TenantsConfig } from '../config/tenants/tenants-config';
import type { Caller, Scope } from '../context/caller';
import type { ClientCredentials, Tenant } from '../context/tenant';
import { TABLE_CAPACITY } from '../context/tenant-table';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { LogWords } from '../secrets/log-words';
import { SecretKeys } from '../secrets/secret-keys';

/** Verified tokens of a kind that are remembered (measured: 0.6 KiB each at the most); the least recently used one is dropped. */
const MAX_TOKENS = 10_000;

/** Slots for the ids of the largest possible tenants file. */
const ID_SLOTS = 1 << 23;

/** The content of one version of the tenants file, and tokens verified under it. */
interface Index {
  /** By the SHA-256 of a key. */
  readonly principals: ReadonlyMap<string, Principal>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** By the `iss` of their tokens. */
  readonly issuers: ReadonlyMap<string, IssuerConfig<Scope>>;
  readonly passthrough: boolean;
  /**
   * Principals of verified tokens, by the SHA-256 of the token. A new index starts with none; a token that is being verified while the
   * file is replaced is verified again under the new one.
   */
  readonly verified: LRUCache<string, Principal>;
  /** Tenant ids of portal tokens that Hubster has accepted (passthrough), by the SHA-256 of the token; a new index starts with none. */
  readonly accepted: LRUCache<string, string>;
  readonly counts: { readonly tenants: number; readonly callers: number; readonly issuers: number };
}

/** The token of the tenants file at the start. */
export const TENANTS = Symbol('TENANTS');

/** In characters of base64url: 132 bits. */
const VISIBILITY_LENGTH = 22;

/** An authenticated caller, and the tenants that it may act for. */
export interface Principal {
  readonly caller: Caller;
  /** `*`: all tenants. */
  readonly tenants: ReadonlySet<string> | '*';
  /** The tenant of requests that name none. Absent for `*` even while there is only one tenant: a second must not break the caller. */
  readonly soleTenant?: Tenant;
  /** In milliseconds since the epoch; infinite for a key that does not expire. */
  readonly expiresAt: number;
}

/** Tenants and callers, indexed once, so that a request needs look-ups only. Replaced as a whole when the file changes. */
@Injectable()
export class Directory {
  #index: Index;

  constructor(
    @Inject(TENANTS) config: TenantsConfig<Scope>,
    private readonly keys: SecretKeys,
  ) {
    this.#index = runToEnd(indexSteps(config, keys));
  }

  get index(): Index {
    return this.#index;
  }

  /**
   * Takes effect as a whole, for later requests; requests in progress keep the old tenants and callers. Runs in slices, as a file may have
   * tens of thousands of tenants.
   */
  async replace(config: TenantsConfig<Scope>): Promise<void> {
    this.#index = await SLICES.run(indexSteps(config, this.keys), { owner: 'tenants file', isBackground: true });
  }

  /**
   * The principal of the key with this SHA-256. The comparisons of a Map are not constant-time, yet their timing reveals nothing
   * (S-757): an attacker cannot choose digests, so a partly equal digest leads no nearer to a key.
   */
  principalOf(keyHash: string): Principal | undefined {
    return this.#index.principals.get(keyHash);
  }

  tenant(id: string): Tenant | undefined {
    return this.#index.tenants.get(id);
  }
}

function* indexSteps(config: TenantsConfig<Scope>, keys: SecretKeys): Generator<void, Index> {
  const { tenants, callers, issuers, passthrough } = config;
  const tenantsById = new Map<string, Tenant>();
  const principals = new Map<string, Principal>();
  const ids = new LogWords(ID_SLOTS);
  for (const tenant of tenants) {
    tenantsById.set(tenant.id, tenantOf(tenant, keys));
    ids.add(tenant.id);
    yield;
  }
  for (const caller of callers) {
    for (const [hash, principal] of principalsOf(caller, tenantsById)) principals.set(hash, principal);
    ids.add(caller.id);
    yield;
  }
  TABLE_CAPACITY.hold(tenants.length + callers.length);
  KNOWN_SECRETS.replaceAllowedIds(ids, tenants.length);
  return {
    tenants: tenantsById,
    principals,
    issuers: new Map(issuers.map((issuer) => [issuer.issuer, issuer])),
    passthrough,
    verified: new LRUCache({ max: MAX_TOKENS }),
    accepted: new LRUCache({ max: MAX_TOKENS }),
    counts: { tenants: tenants.length, callers: callers.length, issuers: issuers.length },
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
  tenantsById: ReadonlyMap<string, Tenant>,
): readonly (readonly [string, Principal])[] {
  const { keys, tenants } = config;
  const caller = { id: config.id, scopes: config.scopes, ...config.limits };
  const [first = ''] = tenants;
  const soleTenant = tenants !== '*' && tenants.size === 1 ? tenantsById.get(first) : undefined;
  return keys.map(({ hash, expiresAt = Number.POSITIVE_INFINITY }) => [
    hash,
    { caller, tenants, ...(soleTenant && { soleTenant }), expiresAt },
  ]);
}

/**
 * A digest of everything that decides which integrations Hubster shows to a configured tenant: addresses, credentials and hubs. Both halves of the credentials count, as
 * another secret may belong to another Hubster account. Computed once per version of the tenants file.
 */
function visibilityOf(
  keys: SecretKeys,
  id: string,
  { clientId, clientSecret, addresses }: ClientCredentials,
  hubs: ReadonlySet<string> | undefined,
): string {
  const shown = hubs ? ['hubs', ...[...hubs].sort()] : ['all'];
  const at = addresses ? ['at', addresses.portalUrl.href, addresses.identityUrl.href] : [];
  const digest = keys.mac('cache', 'visibility', id, clientId, clientSecret.reveal(), ...shown, ...at);
  return digest.toString('base64url').slice(0, VISIBILITY_LENGTH);
}
