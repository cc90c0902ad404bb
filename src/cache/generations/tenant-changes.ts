/** All of a tenant, in place of tags. */
export const EVERYTHING = '*';

/**
 * What a write changes: responses of the tenant that have one of these tags, or all of them. A tag names what a response depends on, such
 * as one integration; it contains no space and is not `*`.
 */
export type Affected = readonly string[] | typeof EVERYTHING;

/** A write, as it renewed the generations of what it affects. The ids of a tenant increase. */
export interface TagChange {
  readonly id: string;
  readonly affected: Affected;
}

/** Whether a write concerns a response with these tags. */
export function isAffected(tags: readonly string[], affected: Affected): boolean {
  return affected === EVERYTHING || tags.some((tag) => affected.includes(tag));
}

/** The newest change of each tag of a tenant. A tag without one has the id of the newest change that affected everything. */
export class TenantChanges {
  #base: string;
  readonly #tags = new Map<string, string>();

  /** `base`: the id of what was before all changes. */
  constructor(base: string) {
    this.#base = base;
  }

  /** Number of tags. */
  get size(): number {
    return this.#tags.size;
  }

  /** The id of the newest change that affects a response with these tags. */
  newestOf(tags: readonly string[]): string {
    let newest = this.#base;
    if (this.#tags.size === 0) return newest;
    for (const tag of tags) {
      const id = this.#tags.get(tag);
      if (id !== undefined && id > newest) newest = id;
    }
    return newest;
  }

  /** In any order, and repeatedly: an older change of a tag does not replace a newer one. */
  apply({ id, affected }: TagChange): void {
    if (affected === EVERYTHING) this.forgetUntil(id);
    else for (const tag of affected) if (id > (this.#tags.get(tag) ?? this.#base)) this.#tags.set(tag, id);
  }

  /** Treats all tags without a change after `id` as if `id` had changed them. */
  forgetUntil(id: string): void {
    if (id <= this.#base) return;
    this.#base = id;
    for (const [tag, changed] of this.#tags) if (changed <= id) this.#tags.delete(tag);
  }
}
