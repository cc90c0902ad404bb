/**
 * A bounded map of entries by tenant and id. A tenant has at most a quarter of it: above that, its own oldest entry is evicted.
 * When the map is full, the oldest entry of the least recently used tenant is evicted.
 */
export class TenantLru<V extends object> {
  /** Maps keep the order of insertion, so the first entry of each is the least recently used. */
  readonly #tenants = new Map<string, Map<string, V>>();
  readonly #maxPerTenant: number;
  #size = 0;

  constructor(private readonly max: number) {
    this.#maxPerTenant = Math.max(1, Math.floor(max / 4));
  }

  get size(): number {
    return this.#size;
  }

  get(tenant: string, id: string): V | undefined {
    const entries = this.#tenants.get(tenant);
    const value = entries?.get(id);
    if (!entries || !value) return undefined;
    moveToEnd(entries, id, value);
    moveToEnd(this.#tenants, tenant, entries);
    return value;
  }

  set(tenant: string, id: string, value: V): void {
    const entries = this.#tenants.get(tenant) ?? new Map<string, V>();
    moveToEnd(this.#tenants, tenant, entries);
    if (!entries.has(id)) this.#size += 1;
    moveToEnd(entries, id, value);
    if (entries.size > this.#maxPerTenant) this.#evictOldest(tenant, entries);
    for (const [leastRecent, others] of this.#tenants) {
      if (this.#size <= this.max) return;
      this.#evictOldest(leastRecent, others);
    }
  }

  delete(tenant: string, id: string): void {
    const entries = this.#tenants.get(tenant);
    if (!entries?.delete(id)) return;
    this.#size -= 1;
    if (entries.size === 0) this.#tenants.delete(tenant);
  }

  #evictOldest(tenant: string, entries: ReadonlyMap<string, V>): void {
    const [oldest] = entries.keys();
    if (oldest !== undefined) this.delete(tenant, oldest);
  }
}

function moveToEnd<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
}
