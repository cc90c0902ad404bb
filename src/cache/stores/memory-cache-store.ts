import { LRUCache } from 'lru-cache';
import type { Entry } from '../entries/entry';
import { type CacheKey, CacheStore } from './cache-store';
import { costOf, MemoryEntry } from './memory-entry';
import { TenantQuota } from './tenant-quota';

/**
 * The memory tier: bounded in bytes, least recently used out first. While it is full, a tenant that holds over a
 * quarter gives way before anyone else does (N2).
 */
export class MemoryCacheStore extends CacheStore {
  readonly #held: LRUCache<string, MemoryEntry>;
  readonly #shares: TenantQuota;

  constructor(private readonly maxBytes: number) {
    super();
    this.#shares = new TenantQuota(maxBytes / 4);
    this.#held = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: ({ tenant, bytes }, id) => this.#shares.remove(tenant, id, bytes),
    });
  }

  /** Bytes in use, overhead included; never over the bound. */
  get bytes(): number {
    return this.#held.calculatedSize;
  }

  override get(cacheKey: CacheKey): Entry | undefined {
    const id = idOf(cacheKey);
    const held = this.#held.get(id);
    if (held?.generation !== cacheKey.generation) return undefined;
    this.#shares.touch(cacheKey.tenant, id);
    return held.entry;
  }

  override set(cacheKey: CacheKey, entry: Entry): void {
    const { tenant, generation } = cacheKey;
    const id = idOf(cacheKey);
    const bytes = costOf(id, entry.response.body);
    this.#held.delete(id);
    if (bytes > this.maxBytes) return;
    this.#makeRoom(tenant, bytes);
    this.#held.set(id, new MemoryEntry(tenant, generation, bytes, entry));
    this.#shares.add(tenant, id, bytes);
  }

  override delete(cacheKey: CacheKey): void {
    const id = idOf(cacheKey);
    if (this.#held.peek(id)?.generation === cacheKey.generation) this.#held.delete(id);
  }

  /** Frees all that a tenant holds. */
  clear(tenant: string): void {
    for (const id of this.#shares.idsOf(tenant)) this.#held.delete(id);
  }

  #makeRoom(tenant: string, bytes: number): void {
    while (this.#held.calculatedSize + bytes > this.maxBytes) {
      const id = this.#shares.evictionCandidate(tenant, bytes);
      if (id === undefined) return;
      this.#held.delete(id);
    }
  }
}

/** Neither tenants nor visibilities have a space in them, so the parts stay apart. */
function idOf({ tenant, visibility, key }: CacheKey): string {
  return `${tenant} ${visibility} ${key}`;
}
