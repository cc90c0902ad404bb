interface Share {
  bytes: number;
  /** Ids of the tenant's entries, least recently used first. */
  readonly ids: Set<string>;
  /** The last of `ids`, where it is known: what is asked for again and again need not be moved each time. */
  newest: string | undefined;
}

/** Who holds how much of the memory tier (N2). At most four tenants can be over a quarter, so the search is short. */
export class TenantQuota {
  readonly #shares = new Map<string, Share>();
  readonly #overQuarter = new Set<string>();

  constructor(private readonly quarter: number) {}

  add(tenant: string, id: string, bytes: number): void {
    const share = this.#shares.get(tenant) ?? { bytes: 0, ids: new Set(), newest: undefined };
    this.#shares.set(tenant, share);
    share.ids.add(id);
    share.newest = id;
    this.#resize(tenant, share, bytes);
  }

  remove(tenant: string, id: string, bytes: number): void {
    const share = this.#shares.get(tenant);
    if (!share?.ids.delete(id)) return;
    share.newest = undefined;
    this.#resize(tenant, share, -bytes);
    if (share.ids.size === 0) this.#shares.delete(tenant);
  }

  /** Marks the entry as the most recently used of its tenant. */
  touch(tenant: string, id: string): void {
    const share = this.#shares.get(tenant);
    if (!share || share.newest === id || !share.ids.delete(id)) return;
    share.ids.add(id);
    share.newest = id;
  }

  idsOf(tenant: string): readonly string[] {
    return [...(this.#shares.get(tenant)?.ids ?? [])];
  }

  /** What goes first so that `tenant` can have `bytes` more: the oldest of the heaviest tenant that would be over a quarter. */
  evictionCandidate(tenant: string, bytes: number): string | undefined {
    let heaviest: Share | undefined;
    let most = this.quarter;
    for (const name of new Set([...this.#overQuarter, tenant])) {
      const share = this.#shares.get(name);
      const wanted = (share?.bytes ?? 0) + (name === tenant ? bytes : 0);
      if (wanted > most) [heaviest, most] = [share, wanted];
    }
    return heaviest?.ids.values().next().value;
  }

  #resize(tenant: string, share: Share, bytes: number): void {
    share.bytes += bytes;
    if (share.bytes > this.quarter) this.#overQuarter.add(tenant);
    else this.#overQuarter.delete(tenant);
  }
}
