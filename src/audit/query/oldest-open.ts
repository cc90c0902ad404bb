/** Of each tenant so many: at one a second it takes a while to settle them, and the next reading finds the rest. */
const MAX_OF_TENANT = 50;
/** In characters of stored lines, of all tenants. */
const MAX_LENGTH = 16 * 1024 * 1024;

interface Held<T> {
  readonly item: T;
  readonly length: number;
  /** How many were read before it. */
  readonly location: number;
}

/** The oldest items of each tenant, of a sequence that is read newest first. What does not fit is held in brief. */
export class OldestOpen<T> {
  readonly #held = new Map<string, Held<T>[]>();
  #length = 0;
  #read = 0;

  /** `length`: what the item takes; `brief`: makes a small one of it. */
  take(tenant: string, item: T, length: number, brief: (item: T) => T): void {
    const ofTenant = this.#held.get(tenant) ?? [];
    this.#held.set(tenant, ofTenant);
    const fits = this.#length + length <= MAX_LENGTH;
    const location = this.#read;
    this.#read += 1;
    const held = fits ? { item, length, location } : { item: brief(item), length: 0, location };
    ofTenant.push(held);
    this.#length += held.length;
    if (ofTenant.length > MAX_OF_TENANT) this.#length -= ofTenant.shift()?.length ?? 0;
  }

  /** Oldest first. */
  get items(): T[] {
    const all = [...this.#held.values()].flat().sort((a, b) => b.location - a.location);
    return all.map(({ item }) => item);
  }
}
