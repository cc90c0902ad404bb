import type { Clock } from '../../clock/clock';
import { type Entry, freshnessOf } from '../entries/entry';
import { CacheStore, type Place } from './cache-store';
import type { MemoryStore } from './memory-cache-store';

export interface Found {
  readonly entry: Entry;
  readonly tier: 'memory' | 'redis';
}

/** Memory over Redis: what is fresh in memory is answered at once; otherwise Redis may have something newer. */
export class TieredStore {
  readonly #looking = new Map<string, Promise<Entry | undefined>>();

  constructor(
    private readonly memory: MemoryStore,
    private readonly shared: CacheStore | undefined,
    private readonly clock: Clock,
  ) {}

  /** What is fresh in memory, at once. */
  peek(place: Place): Entry | undefined {
    const entry = this.memory.get(place);
    return entry && freshnessOf(entry, this.clock.monotonic()) === 'fresh' ? entry : undefined;
  }

  /** What is in memory, however old. */
  remembered(place: Place): Entry | undefined {
    return this.memory.get(place);
  }

  async find(place: Place): Promise<Found | undefined> {
    const fresh = this.peek(place);
    if (fresh) return { entry: fresh, tier: 'memory' };
    const entry = await this.#look(place);
    const held = this.memory.get(place);
    if (!entry || (held && held.loadedAt >= entry.loadedAt)) return held && { entry: held, tier: 'memory' };
    this.memory.set(place, entry);
    return { entry, tier: 'redis' };
  }

  /** In memory at once; nobody waits for Redis. */
  set(place: Place, entry: Entry): void {
    this.memory.set(place, entry);
    void this.shared?.set(place, entry);
  }

  /** Takes over what lies in the shared tier already. */
  remember(place: Place, entry: Entry): void {
    this.memory.set(place, entry);
  }

  delete(place: Place): void {
    this.memory.delete(place);
    void this.shared?.delete(place);
  }

  /** Frees the tenant's part of memory; in Redis its entries end by themselves. */
  clear(tenant: string): void {
    this.memory.clear(tenant);
  }

  /** One GET for all who look for the same at the same time. */
  #look(place: Place): Promise<Entry | undefined> | undefined {
    if (!this.shared) return undefined;
    const id = `${place.tenant} ${place.visibility} ${place.generation} ${place.key}`;
    const running = this.#looking.get(id);
    if (running !== undefined) return running;
    const looking = Promise.resolve(this.shared.get(place)).finally(() => this.#looking.delete(id));
    this.#looking.set(id, looking);
    return looking;
  }
}
