import { LRUCache } from 'lru-cache';
import type { Entry } from '../entries/entry';
import { CacheStore, type Place } from './cache-store';
import { costOf, KeptEntry } from './memory-entry';
import { TenantShares } from './tenant-quota';

/**
 * The memory tier: bounded in bytes, least recently used out first. While it is full, a tenant that holds over a
 * quarter gives way before anyone else does (N2).
 */
export class MemoryStore extends CacheStore {
  readonly #held: LRUCache<string, KeptEntry>;
  readonly #shares: TenantShares;

  constructor(private readonly maxBytes: number) {
    super();
    this.#shares = new TenantShares(maxBytes / 4);
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

  override get(place: Place): Entry | undefined {
    const id = idOf(place);
    const held = this.#held.get(id);
    if (held?.generation !== place.generation) return undefined;
    this.#shares.touch(place.tenant, id);
    return held.entry;
  }

  override set(place: Place, entry: Entry): void {
    const { tenant, generation } = place;
    const id = idOf(place);
    const bytes = costOf(id, entry.answer.body);
    this.#held.delete(id);
    if (bytes > this.maxBytes) return;
    this.#makeRoom(tenant, bytes);
    this.#held.set(id, new KeptEntry(tenant, generation, bytes, entry));
    this.#shares.add(tenant, id, bytes);
  }

  override delete(place: Place): void {
    const id = idOf(place);
    if (this.#held.peek(id)?.generation === place.generation) this.#held.delete(id);
  }

  /** Frees all that a tenant holds. */
  clear(tenant: string): void {
    for (const id of this.#shares.idsOf(tenant)) this.#held.delete(id);
  }

  #makeRoom(tenant: string, bytes: number): void {
    while (this.#held.calculatedSize + bytes > this.maxBytes) {
      const id = this.#shares.firstToGo(tenant, bytes);
      if (id === undefined) return;
      this.#held.delete(id);
    }
  }
}

/** Neither tenants nor visibilities have a space in them, so the parts stay apart. */
function idOf({ tenant, visibility, key }: Place): string {
  return `${tenant} ${visibility} ${key}`;
}
