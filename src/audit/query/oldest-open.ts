/** Items of a tenant: reconciling them takes a while at one a second, and the next reading finds the rest. */
const MAX_OF_TENANT = 50;
/** In characters of stored lines, of all tenants. */
const MAX_LENGTH = 16 * 1024 * 1024;

interface Kept<T> {
  readonly item: T;
  readonly length: number;
  /** The number of items that were read before it. */
  readonly index: number;
}

/** The oldest items of each tenant, of a sequence that is read newest first. An item that does not fit is kept in brief. */
export class OldestOpen<T> {
  readonly #kept = new Map<string, Kept<T>[]>();
  #length = 0;
  #read = 0;

  /** `length`: of the item, in characters; `brief` makes a small item of it. */
  take(tenant: string, item: T, length: number, brief: (item: T) => T): void {
    const ofTenant = this.#kept.get(tenant) ?? [];
    this.#kept.set(tenant, ofTenant);
    const fits = this.#length + length <= MAX_LENGTH;
    const index = this.#read;
    this.#read += 1;
    const kept = fits ? { item, length, index } : { item: brief(item), length: 0, index };
    ofTenant.push(kept);
    this.#length += kept.length;
    if (ofTenant.length > MAX_OF_TENANT) this.#length -= ofTenant.shift()?.length ?? 0;
  }

  /** Oldest first. */
  get items(): T[] {
    const all = [...this.#kept.values()].flat().sort((a, b) => b.index - a.index);
    return all.map(({ item }) => item);
  }
}
