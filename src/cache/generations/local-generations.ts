import { LRUCache } from 'lru-cache';
import { type Generation, Generations } from './generations';
import { randomId } from './random-id';

/** Generations without Redis: there is one process, so its own ids are always current. */
export class LocalGenerations extends Generations {
  // A tenant that is evicted gets a new id: its entries are lost, never wrong.
  readonly #generations = new LRUCache<string, Generation>({ max: 10_000 });

  override current(tenant: string): Generation {
    const known = this.#generations.get(tenant);
    if (known) return known;
    const generation = { id: randomId(), isTrusted: true };
    this.#generations.set(tenant, generation);
    return generation;
  }

  override async confirmed(tenant: string): Promise<Generation> {
    return this.current(tenant);
  }

  override async renew(tenant: string): Promise<void> {
    this.#generations.delete(tenant);
  }
}
