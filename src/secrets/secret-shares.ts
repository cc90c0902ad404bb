import { LRUCache } from 'lru-cache';
import { type KeptSecret, keptSecret, type SecretIndex } from './secret-index';

/** Memory of an entry besides its characters: maps, lists and the string itself. */
const ENTRY_BYTES = 256;
const MAX_OWNERS = 1000;

/** The memory of a value in bytes, at most. */
export function sizeOf({ kept }: Pick<KeptSecret, 'kept'>): number {
  return 2 * kept.length + ENTRY_BYTES;
}

/**
 * The values of one kind, limited in bytes. The owner with the most bytes loses its least recently used value first, so that no owner evicts
 * all values of others.
 */
export class SecretQuota {
  readonly #owners = new Map<string, LRUCache<string, KeptSecret>>();
  #bytes = 0;

  constructor(
    private readonly index: SecretIndex,
    private readonly maxBytes: number,
  ) {}

  /** Whether the value with this `keptForm` is stored; marks it as recently used. */
  has(owner: string, form: string): boolean {
    return this.#owners.get(owner)?.get(form) !== undefined;
  }

  add(owner: string, value: string, form: string): void {
    const secret = keptSecret(value, form);
    this.#valuesOf(owner).set(secret.kept, secret);
    this.#bytes += sizeOf(secret);
    this.index.add(owner, secret);
    while (this.#bytes > this.maxBytes) this.#largest()?.pop();
  }

  #valuesOf(owner: string): LRUCache<string, KeptSecret> {
    const known = this.#owners.get(owner);
    if (known) return known;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined && this.#owners.size >= MAX_OWNERS) {
      this.#owners.get(oldest)?.clear();
      this.#owners.delete(oldest);
    }
    const made = new LRUCache<string, KeptSecret>({
      maxSize: this.maxBytes,
      sizeCalculation: sizeOf,
      dispose: (secret) => {
        this.#bytes -= sizeOf(secret);
        this.index.remove(owner, secret);
      },
    });
    this.#owners.set(owner, made);
    return made;
  }

  #largest(): LRUCache<string, KeptSecret> | undefined {
    let largest: LRUCache<string, KeptSecret> | undefined;
    for (const values of this.#owners.values()) {
      if (values.calculatedSize > (largest?.calculatedSize ?? 0)) largest = values;
    }
    return largest;
  }
}
