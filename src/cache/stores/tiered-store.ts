import type { Clock } from '../../clock/clock';
import { type Entry, freshnessOf } from '../entry';
import { type CacheKey, CacheStore } from './cache-store';
import type { MemoryCacheStore, MemoryUsage } from './memory-cache-store';

export interface FoundEntry {
  readonly entry: Entry;
  readonly tier: 'memory' | 'redis';
}

/** Memory over Redis: a fresh entry in memory is returned at once; otherwise Redis may have a newer one. */
export class TieredStore {
  readonly #pendingGets = new Map<string, Promise<Entry | undefined>>();

  constructor(
    private readonly memory: MemoryCacheStore,
    private readonly shared: CacheStore | undefined,
    private readonly clock: Clock,
  ) {}

  get memoryUsage(): MemoryUsage {
    return this.memory.usage;
  }

  /** The entry in memory, if it is fresh. */
  peek(cacheKey: CacheKey): Entry | undefined {
    const entry = this.memory.get(cacheKey);
    return entry && freshnessOf(entry, this.clock.monotonic()) === 'fresh' ? entry : undefined;
  }

  /** The entry in memory, of any age. */
  getFromMemory(cacheKey: CacheKey): Entry | undefined {
    return this.memory.get(cacheKey);
  }

  async find(cacheKey: CacheKey): Promise<FoundEntry | undefined> {
    const fresh = this.peek(cacheKey);
    if (fresh) return { entry: fresh, tier: 'memory' };
    const entry = await this.#getShared(cacheKey);
    const local = this.memory.get(cacheKey);
    if (!entry || (local && local.loadedAt >= entry.loadedAt)) return local && { entry: local, tier: 'memory' };
    this.memory.set(cacheKey, entry);
    return { entry, tier: 'redis' };
  }

  /** Stores in memory at once; resolves when the entry is in Redis too, or cannot be stored there. */
  async set(cacheKey: CacheKey, entry: Entry): Promise<void> {
    this.memory.set(cacheKey, entry);
    await this.shared?.set(cacheKey, entry);
  }

  /** Stores in memory only: the shared tier has the entry already. */
  setInMemory(cacheKey: CacheKey, entry: Entry): void {
    this.memory.set(cacheKey, entry);
  }

  delete(cacheKey: CacheKey): void {
    this.memory.delete(cacheKey);
    void this.shared?.delete(cacheKey);
  }

  /** Deletes the tenant's entries in memory; those in Redis expire. */
  clear(tenant: string): void {
    this.memory.clear(tenant);
  }

  /** Concurrent reads of one key share one GET. */
  #getShared(cacheKey: CacheKey): Promise<Entry | undefined> | undefined {
    if (!this.shared) return undefined;
    const id = `${cacheKey.tenant} ${cacheKey.visibility} ${cacheKey.generation} ${cacheKey.key}`;
    const running = this.#pendingGets.get(id);
    if (running !== undefined) return running;
    const pending = Promise.resolve(this.shared.get(cacheKey)).finally(() => this.#pendingGets.delete(id));
    this.#pendingGets.set(id, pending);
    return pending;
  }
}
