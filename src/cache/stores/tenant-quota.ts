interface TenantUsage {
  bytes: number;
  /** Ids of the tenant's entries, least recently used first. */
  readonly ids: Set<string>;
  /** The last of `ids`, if known: an entry that is used repeatedly is not moved each time. */
  newest: string | undefined;
}

/** How much of the memory tier each tenant uses (N2). At most four tenants can be over a quarter, so the search is short. */
export class TenantQuota {
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
