import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import { isGenerationId } from './generation-id';
import type { GenerationRegistry } from './generation-registry';
import { type Generation, Generations, TRUST_MS } from './generations';
import { randomId } from './random-id';

/** From when on a used generation is confirmed again behind the scenes, so that hits need not wait for it. */
const CONFIRM_AGAIN_MS = 2_500;
const RETRY_MS = 500;
const MAX_DIRTY = 10_000;

/** The scope of the global epoch: when its id is dropped, the entries of all tenants are dead. */
const EVERYONE = '*';

interface Known {
  readonly id: string;
  /** When the registry was asked, on the monotonic clock; never for an id that this process made up. */
  readonly confirmedAt: number;
}

/**
 * Generations whose truth lies in Redis: the id of the epoch and the id of the tenant, together. The ids of a scope grow, so what any
 * replica still holds under an older one is dead, also where Redis hands that one back (a primary that lags takes over).
 */
export class SharedGenerations extends Generations {
  readonly #known = new LRUCache<string, Known>({ max: 10_000 });
  /** The greatest id of each scope that was seen here: a smaller one is dead. */
  readonly #newest = new LRUCache<string, string>({ max: 10_000 });
  /** Dirty marks: renewed here, but not yet dropped in Redis. Until it is, Redis's word about the scope counts for nothing. */
  readonly #dirty = new Map<string, symbol>();
  /** Questions under way; one that is taken out is void, as something changed after it was asked. */
  readonly #asking = new Map<string, Promise<Known | undefined>>();
  #isRetrying = false;

  constructor(
    private readonly registry: GenerationRegistry,
    private readonly clock: Clock,
  ) {
    super();
    registry.listen({
      onDropped: (scope, id) => {
        this.#forget(scope);
        if (isGenerationId(id)) this.#isNewest(scope, id);
      },
      onListening: () => this.#forget(EVERYONE),
      // Redis may hold what it held before the outage, and whoever wrote meanwhile could not say so.
      onReconnected: () => void this.renew(EVERYONE),
    });
  }

  override current(tenant: string): Generation {
    const { id, confirmedAt } = this.#know(tenant);
    const age = this.clock.monotonic() - confirmedAt;
    const isTrusted = age <= TRUST_MS && (this.registry.isListening || !this.registry.isAvailable);
    if (isTrusted && age > CONFIRM_AGAIN_MS) void this.#confirm(tenant);
    return { id, isTrusted };
  }

  override async confirmed(tenant: string): Promise<Generation> {
    const current = this.current(tenant);
    if (current.isTrusted) return current;
    const known = await this.#confirm(tenant);
    return known ? { id: known.id, isTrusted: true } : this.current(tenant);
  }

  override async renew(tenant: string): Promise<void> {
    // Of very many tenants the epoch is renewed, which stands for all of them.
    const scope = this.#dirty.size < MAX_DIRTY ? tenant : EVERYONE;
    this.#dirty.set(scope, Symbol());
    this.#forget(scope);
    await this.#drop(scope);
  }

  #know(tenant: string): Known {
    const known = this.#known.get(tenant);
    if (known) return known;
    const madeUp = { id: randomId(), confirmedAt: Number.NEGATIVE_INFINITY };
    this.#known.set(tenant, madeUp);
    return madeUp;
  }

  #forget(scope: string): void {
    if (scope === EVERYONE) {
      this.#known.clear();
      this.#asking.clear();
    } else {
      this.#known.delete(scope);
      this.#asking.delete(scope);
    }
  }

  /** A void answer is asked for once more, not for ever: someone may be writing all the time. */
  #confirm(tenant: string, isRepeated = false): Promise<Known | undefined> {
    const asked = this.#asking.get(tenant);
    if (asked !== undefined) return asked;
    if (!this.registry.isAvailable || this.#dirty.has(EVERYONE) || this.#dirty.has(tenant)) return nothing;
    const asking = this.#ask(tenant).then((known) => {
      if (this.#asking.get(tenant) !== asking) return isRepeated ? undefined : this.#confirm(tenant, true);
      this.#asking.delete(tenant);
      if (known) this.#known.set(tenant, known);
      return known;
    });
    this.#asking.set(tenant, asking);
    return asking;
  }

  async #ask(tenant: string): Promise<Known | undefined> {
    const confirmedAt = this.clock.monotonic();
    try {
      const scopes = [EVERYONE, tenant];
      const ids = await this.registry.idsOf(scopes);
      const dead = scopes.filter((scope, index) => !this.#isNewest(scope, ids[index] ?? ''));
      for (const scope of dead) void this.renew(scope);
      return dead.length === 0 ? { id: ids.join('.'), confirmedAt } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether no greater id of the scope was seen, which it is remembered by. */
  #isNewest(scope: string, id: string): boolean {
    const newest = this.#newest.get(scope);
    if (newest !== undefined && id < newest) return false;
    this.#newest.set(scope, id);
    return true;
  }

  async #drop(scope: string): Promise<void> {
    // Once all is dead, no tenant needs a drop of its own. A mark set meanwhile stays: it is of a later write.
    const covered = [...this.#dirty].filter(([marked]) => scope === EVERYONE || scope === marked);
    try {
      this.#isNewest(scope, await this.registry.drop(scope, this.#newest.get(scope)));
    } catch {
      void this.#retry();
      return;
    }
    for (const [marked, mark] of covered) if (this.#dirty.get(marked) === mark) this.#dirty.delete(marked);
  }

  /** Only while Redis is there: when it comes back from an outage, the epoch is renewed anyway. */
  async #retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    while (this.#dirty.size > 0 && this.registry.isAvailable) {
      await this.clock.sleep(RETRY_MS);
      for (const scope of [...this.#dirty.keys()]) await this.#drop(scope);
    }
    this.#isRetrying = false;
  }
}

const nothing = Promise.resolve(undefined);
