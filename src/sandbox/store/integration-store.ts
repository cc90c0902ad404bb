import type { StoredIntegration } from './stored-integration';

/** What one tenant has; another's is out of reach by construction. */
interface TenantSpace {
  readonly integrations: Map<string, StoredIntegration>;
  readonly made: Map<string, number>;
}

/** Hubster's state, in memory. Ids are lower-cased GUIDs. */
export class IntegrationStore {
  readonly #spaces = new Map<string, TenantSpace>();
  readonly #spentCodes = new Set<string>();

  find(tenant: string, integrationId: string): StoredIntegration | undefined {
    return this.#spaceOf(tenant).integrations.get(integrationId);
  }

  /** In order of creation. */
  list(tenant: string): readonly StoredIntegration[] {
    return [...this.#spaceOf(tenant).integrations.values()];
  }

  /** Adds, or replaces in place. */
  put(tenant: string, integration: StoredIntegration): void {
    this.#spaceOf(tenant).integrations.set(integration.integrationId, integration);
  }

  remove(tenant: string, integrationId: string): void {
    this.#spaceOf(tenant).integrations.delete(integrationId);
  }

  /** The next number of a tenant's counter, from 1. */
  count(tenant: string, counter: string): number {
    const { made } = this.#spaceOf(tenant);
    const next = (made.get(counter) ?? 0) + 1;
    made.set(counter, next);
    return next;
  }

  /** Names are unique in a hub (PRT000700); an integration never clashes with itself. */
  isNameTaken(tenant: string, hubId: string, name: string, integrationId?: string): boolean {
    return this.list(tenant).some(
      (other) => other.hubId === hubId && other.name === name && other.integrationId !== integrationId,
    );
  }

  /** Accounts are unique across all hubs of all tenants (PRT000701). */
  isAccountTaken(account: string): boolean {
    for (const { integrations } of this.#spaces.values()) {
      for (const integration of integrations.values()) if (integration.account === account) return true;
    }
    return false;
  }

  isCodeSpent(code: string): boolean {
    return this.#spentCodes.has(code);
  }

  spendCode(code: string): void {
    this.#spentCodes.add(code);
  }

  clear(): void {
    this.#spaces.clear();
    this.#spentCodes.clear();
  }

  #spaceOf(tenant: string): TenantSpace {
    const known = this.#spaces.get(tenant);
    if (known) return known;
    const space = { integrations: new Map(), made: new Map() };
    this.#spaces.set(tenant, space);
    return space;
  }
}
