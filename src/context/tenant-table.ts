/** Portal tokens of callers that are remembered; each is a tenant of its own. */
const PORTAL_TOKENS = 10_000;

/** How many entries a table may have: every tenant and caller of the tenants file, and as many portal tokens as are remembered. */
class TableCapacity {
  #names = 0;

  get entries(): number {
    return this.#names + PORTAL_TOKENS;
  }

  /** Called with the tenants and callers of each version of the tenants file. It never shrinks, as requests may still use the old one. */
  hold(names: number): void {
    this.#names = Math.max(this.#names, names);
  }
}

/** One for the process, because it has one tenants file; with several services in a test, the largest counts. */
export const TABLE_CAPACITY = new TableCapacity();

/**
 * Values by the id of a tenant or caller. When the table is full, the least recently used is dropped; that never happens to those of
 * the tenants file while there are no other ids than theirs and those of portal tokens.
 */
export class TenantTable<T extends object | string> {
  /** The first one is the least recently used. */
  readonly #values = new Map<string, T>();
  #newest: string | undefined;

  constructor(private readonly capacity: { readonly entries: number } = TABLE_CAPACITY) {}

  get size(): number {
    return this.#values.size;
  }

  get(id: string): T | undefined {
    const value = this.#values.get(id);
    if (value !== undefined && id !== this.#newest) this.#moveToEnd(id, value);
    return value;
  }

  /** Like `get`, without a use of it. */
  peek(id: string): T | undefined {
    return this.#values.get(id);
  }

  set(id: string, value: T): void {
    this.#moveToEnd(id, value);
    if (this.#values.size <= this.capacity.entries) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(id: string): void {
    this.#values.delete(id);
    if (this.#newest === id) this.#newest = undefined;
  }

  values(): Iterable<T> {
    return this.#values.values();
  }

  #moveToEnd(id: string, value: T): void {
    this.#values.delete(id);
    this.#values.set(id, value);
    this.#newest = id;
  }
}
