import { randomBytes } from 'node:crypto';
import type { SandboxChannel } from '../channels/sandbox-channel';
import type { JsonObject } from '../json';

/** For HMAC-SHA256: `privateSigningKey` is the key, `publicSigningKey` its name; 32 upper-case hexadecimal characters each (S-247). */
export interface SigningKeys {
  readonly publicSigningKey: string;
  readonly privateSigningKey: string;
}

export function newSigningKeys(): SigningKeys {
  const newKey = (): string => randomBytes(16).toString('hex').toUpperCase();
  return { publicSigningKey: newKey(), privateSigningKey: newKey() };
}

/** An integration without quirks. */
export interface StoredIntegration {
  readonly integrationId: string;
  readonly hubId: string;
  readonly channel: SandboxChannel;
  readonly integrationTypeId: string;
  readonly name: string;
  readonly statusId: number;
  /** Documented camelCase, without the signing keys. */
  readonly configuration: JsonObject;
  /** A Direct integration keeps them while it delivers over websockets, and has them again with a webhook. */
  readonly keys?: SigningKeys;
  /** The provider's account, which no other integration may have. */
  readonly account?: string;
  /** RFC 3339. */
  readonly created: string;
  readonly modified: string;
  /** Counts a tenant's integrations from 1, over all hubs. */
  readonly sequence: number;
  /** Counts a tenant's integrations of this channel from 1. */
  readonly ordinal: number;
  /** Seeded by a test: reads return exactly this. */
  readonly raw?: JsonObject;
}

type NewIntegration = Omit<StoredIntegration, 'created' | 'modified' | 'sequence' | 'ordinal'>;

/** The data of one tenant. */
interface TenantData {
  readonly integrations: Map<string, StoredIntegration>;
  readonly counters: Map<string, number>;
}

/** Hubster's state, in memory. Ids are lower-cased GUIDs. */
export class IntegrationStore {
  readonly #tenants = new Map<string, TenantData>();
  readonly #usedCodes = new Set<string>();

  find(tenant: string, integrationId: string): StoredIntegration | undefined {
    return this.#dataOf(tenant).integrations.get(integrationId);
  }

  /** In order of creation. */
  list(tenant: string): readonly StoredIntegration[] {
    return [...this.#dataOf(tenant).integrations.values()];
  }

  /** Adds an integration with its dates and counters, or replaces one with the same id. */
  add(tenant: string, values: NewIntegration): StoredIntegration {
    const now = new Date().toISOString();
    const integration = {
      ...values,
      created: now,
      modified: now,
      sequence: this.#count(tenant, 'integrations'),
      ordinal: this.#count(tenant, values.channel.channelId),
    };
    this.put(tenant, integration);
    return integration;
  }

  /** Replaces in place. */
  put(tenant: string, integration: StoredIntegration): void {
    this.#dataOf(tenant).integrations.set(integration.integrationId, integration);
  }

  remove(tenant: string, integrationId: string): void {
    this.#dataOf(tenant).integrations.delete(integrationId);
  }

  /** Names are unique in a hub (PRT000700); the integration with the given id may keep its name. */
  isNameTaken(tenant: string, hubId: string, name: string, integrationId?: string): boolean {
    return this.list(tenant).some(
      (other) => other.hubId === hubId && other.name === name && other.integrationId !== integrationId,
    );
  }

  /** Accounts are unique across all hubs of all tenants (PRT000701). */
  isAccountTaken(account: string): boolean {
    for (const { integrations } of this.#tenants.values()) {
      for (const integration of integrations.values()) if (integration.account === account) return true;
    }
    return false;
  }

  /** False if the code has been used before (S-250). */
  useCode(code: string): boolean {
    const isNew = !this.#usedCodes.has(code);
    this.#usedCodes.add(code);
    return isNew;
  }

  clear(): void {
    this.#tenants.clear();
    this.#usedCodes.clear();
  }

  /** The next number of a tenant's counter, from 1. */
  #count(tenant: string, counter: string): number {
    const { counters } = this.#dataOf(tenant);
    const next = (counters.get(counter) ?? 0) + 1;
    counters.set(counter, next);
    return next;
  }

  #dataOf(tenant: string): TenantData {
    const known = this.#tenants.get(tenant);
    if (known) return known;
    const data = { integrations: new Map(), counters: new Map() };
    this.#tenants.set(tenant, data);
    return data;
  }
}
