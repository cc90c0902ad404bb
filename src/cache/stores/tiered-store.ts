import type { Clock } from '../../clock/clock';
import { type Entry, freshnessOf } from '../entries/entry';
import { type CacheKey, CacheStore } from './cache-store';
import type { MemoryCacheStore } from './memory-cache-store';

export interface Found {
  readonly entry: Entry;
  readonly tier: 'memory' | 'redis';
}

/** Memory over Redis: what is fresh in memory is answered at once; otherwise Redis may have something newer. */
export class TieredStore {
  readonly #looking = new Map<string, Promise<Entry | undefined>>();

  constructor(
    private readonly memory: MemoryCacheStore,
    private readonly shared: CacheStore | undefined,
    private readonly clock: Clock,
  ) {}

  /** What is fresh in memory, at once. */
  peek(cacheKey: CacheKey): Entry | undefined {
    const entry = this.memory.get(cacheKey);
    return entry && freshnessOf(entry, this.clock.monotonic()) === 'fresh' ? entry : undefined;
  }

  /** What is in memory, however old. */
  remembered(cacheKey: CacheKey): Entry | undefined {
    return this.memory.get(cacheKey);
  }

  async find(cacheKey: CacheKey): Promise<Found | undefined> {
    const fresh = this.peek(cacheKey);
    if (fresh) return { entry: fresh, tier: 'memory' };
    const entry = await this.#look(cacheKey);
    const held = this.memory.get(cacheKey);
    if (!entry || (held && held.loadedAt >= entry.loadedAt)) return held && { entry: held, tier: 'memory' };
    this.memory.set(cacheKey, entry);
    return { entry, tier: 'redis' };
  }

  /** In memory at once; nobody waits for Redis. */
  set(cacheKey: CacheKey, entry: Entry): void {
    this.memory.set(cacheKey, entry);
    void this.shared?.set(cacheKey, entry);
  }

  /** Takes over what lies in the shared tier already. */
  remember(cacheKey: CacheKey, entry: Entry): void {
    this.memory.set(cacheKey, entry);
  }

  delete(cacheKey: CacheKey): void {
    this.memory.delete(cacheKey);
    void this.shared?.delete(cacheKey);
  }

  /** Frees the tenant's part of memory; in Redis its entries end by themselves. */
  clear(tenant: string): void {
    this.memory.clear(tenant);
  }

  /** One GET for all who look for the same at the same time. */
  #look(cacheKey: CacheKey): Promise<Entry | undefined> | undefined {
    if (!this.shared) return undefined;
    const id = `${cacheKey.tenant} ${cacheKey.visibility} ${cacheKey.generation} ${cacheKey.key}`;
    const running = this.#looking.get(id);
    if (running !== undefined) return running;
    const looking = Promise.resolve(this.shared.get(cacheKey)).finally(() => this.#looking.delete(id));
    this.#looking.set(id, looking);
    return looking;
  }
}
