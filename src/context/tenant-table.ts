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
 * Values by the id of a tenant or caller, of those that were used last: all values used since the table was last full, and those of the
 * period before. So a use costs one look-up and no reordering, and at most twice the capacity is kept. Those of the tenants file are
 * never dropped while there are no other ids than theirs and those of portal tokens.
 */
export class TenantTable<T extends object | string> {
  #recent = new Map<string, T>();
  /** Those of the period before that have not been used since. */
  #earlier = new Map<string, T>();

  constructor(private readonly capacity: { readonly entries: number } = TABLE_CAPACITY) {}

  get size(): number {
    return this.#recent.size + this.#earlier.size;
  }

  get(id: string): T | undefined {
    const recent = this.#recent.get(id);
    if (recent !== undefined) return recent;
    const earlier = this.#earlier.get(id);
    if (earlier !== undefined) this.set(id, earlier);
    return earlier;
  }

  /** Like `get`, without a use of it. */
  peek(id: string): T | undefined {
    return this.#recent.get(id) ?? this.#earlier.get(id);
  }

  set(id: string, value: T): void {
    this.#earlier.delete(id);
    if (this.#recent.size >= this.capacity.entries && !this.#recent.has(id)) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(id, value);
  }

  delete(id: string): void {
    this.#recent.delete(id);
    this.#earlier.delete(id);
  }

  *values(): Iterable<T> {
    yield* this.#recent.values();
    yield* this.#earlier.values();
  }
}
