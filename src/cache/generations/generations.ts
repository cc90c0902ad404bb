import { randomUUID } from 'node:crypto';
import { TenantTable } from '../../context/tenant-table';
import { type Affected, EVERYTHING, isAffected, TenantChanges } from './tenant-changes';

/** How long what Redis has confirmed is trusted, in milliseconds. */
export const TRUST_MS = 5_000;

const MAX_TAGS = 1_000;

/** Responses with the same tags belong to one generation until a write affects one of the tags: then none of them is used again. */
export interface Generation {
  readonly id: string;
  /**
   * Whether it is known to be current in all replicas. If not, Redis is not used for it, and memory only for entries that are at
   * most `TRUST_MS` old.
   */
  readonly isTrusted: boolean;
}

/** Keeps the generations of the tags of each tenant (N4, docs/decisions/0028). Callers compare ids for equality only. */
export abstract class Generations {
  /** The generation as this process knows it. */
  abstract current(tenant: string, tags: readonly string[]): Generation;

  /**
   * The current generation, read from Redis if the known one is not trusted. Never rejects; takes at most 50 ms, and as long again where
   * messages may have been lost or the epoch has changed.
   */
  abstract confirmed(tenant: string, tags: readonly string[]): Promise<Generation>;

  /** Makes the affected entries unusable: at once in this process, then in all replicas. Never rejects, takes at most 50 ms. */
  abstract renew(tenant: string, affected: Affected): Promise<void>;

  /** A response that was loaded under another id must not be stored. */
  isCurrent(tenant: string, tags: readonly string[], id: string): boolean {
    return this.current(tenant, tags).id === id;
  }
}

/** Generations without Redis: there is one process, so its own ids are always current. */
export class LocalGenerations extends Generations {
  // A tenant that is evicted gets new ids: its entries are lost, never wrong.
  readonly #tenants = new TenantTable<TenantChanges>();
  #made = 0;

  override current(tenant: string, tags: readonly string[]): Generation {
    return { id: this.#changesOf(tenant).newestOf(tags), isTrusted: true };
  }

  override async confirmed(tenant: string, tags: readonly string[]): Promise<Generation> {
    return this.current(tenant, tags);
  }

  override async renew(tenant: string, affected: Affected): Promise<void> {
    const changes = this.#changesOf(tenant);
    if (affected === EVERYTHING || changes.size >= MAX_TAGS) this.#tenants.delete(tenant);
    else changes.apply({ id: this.#nextId(), affected });
  }

  /** Greater than all before it, and than the random ids. */
  #nextId(): string {
    this.#made += 1;
    return `~${String(this.#made).padStart(16, '0')}`;
  }

  #changesOf(tenant: string): TenantChanges {
    const known = this.#tenants.get(tenant);
    if (known) return known;
    const changes = new TenantChanges(randomUUID());
    this.#tenants.set(tenant, changes);
    return changes;
  }
}

/** The writes in flight in this process: a response that is loaded meanwhile may be from before or after the write. */
export class InFlightWrites {
  readonly #tenants = new Map<string, Set<{ readonly affected: Affected }>>();

  /** Whether one of them affects a response with these tags. */
  affect(tenant: string, tags: readonly string[]): boolean {
    const writes = this.#tenants.get(tenant);
    if (writes === undefined) return false;
    for (const { affected } of writes) if (isAffected(tags, affected)) return true;
    return false;
  }

  /** Returns a function that ends the write. */
  begin(tenant: string, affected: Affected): () => void {
    const write = { affected };
    const writes = this.#tenants.get(tenant) ?? new Set();
    this.#tenants.set(tenant, writes.add(write));
    return () => {
      if (writes.delete(write) && writes.size === 0) this.#tenants.delete(tenant);
    };
  }
}
