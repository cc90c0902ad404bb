import { LRUCache } from 'lru-cache';
import type { Entry } from '../entries/entry';
import { type CacheKey, CacheStore } from './cache-store';
import { costOf, MemoryEntry } from './memory-entry';
import { TenantQuota } from './tenant-quota';

/**
 * The memory tier: limited in bytes, evicts the least recently used entry. While it is full, entries of a tenant that has more than a
 * quarter are evicted first (N2).
 */
export class MemoryCacheStore extends CacheStore {
  readonly #entries: LRUCache<string, MemoryEntry>;
  readonly #quota: TenantQuota;

  constructor(private readonly maxBytes: number) {
    super();
    this.#quota = new TenantQuota(maxBytes / 4);
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: ({ tenant, bytes }, id) => this.#quota.remove(tenant, id, bytes),
    });
  }

  /** Bytes in use, overhead included; never above the limit. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  override get(cacheKey: CacheKey): Entry | undefined {
    const id = idOf(cacheKey);
    const found = this.#entries.get(id);
    if (found?.generation !== cacheKey.generation) return undefined;
    this.#quota.touch(cacheKey.tenant, id);
    return found.entry;
  }

  override set(cacheKey: CacheKey, entry: Entry): void {
    const { tenant, generation } = cacheKey;
    const id = idOf(cacheKey);
    const bytes = costOf(id, entry.response.body);
    this.#entries.delete(id);
    if (bytes > this.maxBytes) return;
    this.#evictFor(tenant, bytes);
    this.#entries.set(id, new MemoryEntry(tenant, generation, bytes, entry));
    this.#quota.add(tenant, id, bytes);
  }

  override delete(cacheKey: CacheKey): void {
    const id = idOf(cacheKey);
    if (this.#entries.peek(id)?.generation === cacheKey.generation) this.#entries.delete(id);
  }

  /** Deletes all entries of a tenant. */
  clear(tenant: string): void {
    for (const id of this.#quota.idsOf(tenant)) this.#entries.delete(id);
  }

  #evictFor(tenant: string, bytes: number): void {
    while (this.#entries.calculatedSize + bytes > this.maxBytes) {
      const id = this.#quota.evictionCandidate(tenant, bytes);
      if (id === undefined) return;
      this.#entries.delete(id);
    }
  }
}

/** Unambiguous, as neither tenants nor visibilities contain a space. */
function idOf({ tenant, visibility, key }: CacheKey): string {
  return `${tenant} ${visibility} ${key}`;
}
