import { setFlagsFromString } from 'node:v8';
import { LRUCache } from 'lru-cache';
import { type CachedResponse, type Entry, type ResponseBody, SMALL_BYTES } from '../entry';
import { type CacheKey, CacheStore } from './cache-store';

/** How much the heap may grow beyond its size after the last full collection. */
const HEAP_GROWTH_PERCENT = 20;
/** Bytes of an entry beside its body and its id: objects, map slots, and dropped entries not collected yet (measured on Node 20). */
const OVERHEAD_BYTES = 1200;
/** Resident bytes for each byte of a buffer: dropped buffers are collected late and fragment the allocator's memory (measured). */
const BUFFER_FACTOR = 3;

export interface MemoryUsage {
  /** Overhead included. */
  readonly bytes: number;
  readonly limit: number;
  readonly entries: number;
  /** Entries that were dropped to make space, since the start. */
  readonly evictions: number;
}

/** Bytes that an entry takes in all. */
function costOf(id: string, { length }: ResponseBody): number {
  const body = length <= SMALL_BYTES ? length : Math.ceil(length * BUFFER_FACTOR);
  return body + 2 * id.length + OVERHEAD_BYTES;
}

/** An entry as one flat object, which takes less memory than nested ones. */
class MemoryEntry {
  readonly #body: ResponseBody;
  readonly #status: CachedResponse['status'];
  readonly #etag: string;
  readonly #headers: CachedResponse['headers'];
  readonly #loadedAt: number;
  readonly #freshMs: number;
  readonly #staleMs: number;
  readonly #errorStaleMs: number;

  constructor(
    readonly tenant: string,
    readonly generation: string,
    /** See `costOf`. */
    readonly bytes: number,
    { response, loadedAt, freshMs, staleMs, errorStaleMs }: Entry,
  ) {
    this.#body = response.body;
    this.#status = response.status;
    this.#etag = response.etag;
    this.#headers = response.headers;
    this.#loadedAt = loadedAt;
    this.#freshMs = freshMs;
    this.#staleMs = staleMs;
    this.#errorStaleMs = errorStaleMs;
  }

  get entry(): Entry {
    return {
      response: { status: this.#status, body: this.#body, etag: this.#etag, headers: this.#headers },
      loadedAt: this.#loadedAt,
      freshMs: this.#freshMs,
      staleMs: this.#staleMs,
      errorStaleMs: this.#errorStaleMs,
    };
  }
}

interface TenantUsage {
  bytes: number;
  /** Ids of the tenant's entries, least recently used first. */
  readonly ids: Set<string>;
  /** The last of `ids`, if known: an entry that is used repeatedly is not moved each time. */
  newest: string | undefined;
}

/** How much of the memory tier each tenant uses (N2). At most four tenants can be over a quarter, so the search is short. */
class TenantQuota {
  readonly #usages = new Map<string, TenantUsage>();
  readonly #overQuarter = new Set<string>();

  constructor(private readonly quarter: number) {}

  add(tenant: string, id: string, bytes: number): void {
    const usage = this.#usages.get(tenant) ?? { bytes: 0, ids: new Set(), newest: undefined };
    this.#usages.set(tenant, usage);
    usage.ids.add(id);
    usage.newest = id;
    this.#resize(tenant, usage, bytes);
  }

  remove(tenant: string, id: string, bytes: number): void {
    const usage = this.#usages.get(tenant);
    if (!usage?.ids.delete(id)) return;
    usage.newest = undefined;
    this.#resize(tenant, usage, -bytes);
    if (usage.ids.size === 0) this.#usages.delete(tenant);
  }

  /** Marks the entry as the most recently used of its tenant. */
  touch(tenant: string, id: string): void {
    const usage = this.#usages.get(tenant);
    if (!usage || usage.newest === id || !usage.ids.delete(id)) return;
    usage.ids.add(id);
    usage.newest = id;
  }

  idsOf(tenant: string): readonly string[] {
    return [...(this.#usages.get(tenant)?.ids ?? [])];
  }

  /** The entry to evict so that `tenant` can use `bytes` more: the oldest one of the tenant furthest over a quarter. Undefined if none is. */
  evictionCandidate(tenant: string, bytes: number): string | undefined {
    let heaviest: TenantUsage | undefined;
    let most = this.quarter;
    for (const name of new Set([...this.#overQuarter, tenant])) {
      const usage = this.#usages.get(name);
      const wanted = (usage?.bytes ?? 0) + (name === tenant ? bytes : 0);
      if (wanted > most) [heaviest, most] = [usage, wanted];
    }
    return heaviest?.ids.values().next().value;
  }

  #resize(tenant: string, usage: TenantUsage, bytes: number): void {
    usage.bytes += bytes;
    if (usage.bytes > this.quarter) this.#overQuarter.add(tenant);
    else this.#overQuarter.delete(tenant);
  }
}

/**
 * The memory tier: limited in bytes, evicts the least recently used entry. While it is full, entries of a tenant that has more than a
 * quarter are evicted first (N2).
 */
export class MemoryCacheStore extends CacheStore {
  readonly #entries: LRUCache<string, MemoryEntry>;
  readonly #quota: TenantQuota;
  #evictions = 0;

  constructor(private readonly maxBytes: number) {
    super();
    this.#quota = new TenantQuota(maxBytes / 4);
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: ({ tenant, bytes }, id, reason) => {
        this.#quota.remove(tenant, id, bytes);
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get usage(): MemoryUsage {
    const { bytes, maxBytes: limit } = this;
    return { bytes, limit, entries: this.#entries.size, evictions: this.#evictions };
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
      this.#evictions += 1;
    }
  }
}

/** Unambiguous, as neither tenants nor visibilities contain a space. */
function idOf({ tenant, visibility, key }: CacheKey): string {
  return `${tenant} ${visibility} ${key}`;
}

/**
 * Makes full collections more frequent. By default V8 lets the heap double before it frees dropped entries, so that the cache takes twice
 * `CACHE_MEMORY_MB`. Applies to the whole process, so `main.ts` calls it.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}
