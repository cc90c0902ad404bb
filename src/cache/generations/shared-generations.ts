import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import { type GenerationRegistry, isGenerationId } from './generation-registry';
import { type Generation, Generations, TRUST_MS } from './generations';

/** From this age on a generation in use is confirmed in the background, so that hits do not wait for the confirmation. */
const CONFIRM_AGAIN_MS = 2_500;
const RETRY_MS = 500;
const MAX_DIRTY = 10_000;

/** The scope of the global epoch: replacing its id makes the entries of all tenants unusable. */
const ALL_TENANTS = '*';
const UNCONFIRMED = Promise.resolve(undefined);

interface KnownGeneration {
  readonly id: string;
  /** When the registry was read, on the monotonic clock; -∞ for an id that this process has generated. */
  readonly confirmedAt: number;
}

/**
 * Generations that replicas share over Redis: the id of the epoch and the id of the tenant, joined. The ids of a scope increase, so an
 * older id is invalid even if Redis returns it again, as a lagging replica does when it becomes the primary.
 */
export class SharedGenerations extends Generations {
  readonly #generations = new LRUCache<string, KnownGeneration>({ max: 10_000 });
  /** The greatest id of each scope that this process has seen; a smaller one is invalid. */
  readonly #greatest = new LRUCache<string, string>({ max: 10_000 });
  /** Dirty marks: scopes renewed here and not yet replaced in Redis. Until then the id in Redis is ignored. */
  readonly #dirty = new Map<string, symbol>();
  /** Reads of the registry in flight. Removing one discards its result, as something changed after the read began. */
  readonly #confirming = new Map<string, Promise<KnownGeneration | undefined>>();
  #isRetrying = false;

  constructor(
    private readonly registry: GenerationRegistry,
    private readonly clock: Clock,
  ) {
    super();
    registry.listen({
      onReplaced: (scope, id) => {
        this.#forget(scope);
        if (isGenerationId(id)) this.#recordIfGreatest(scope, id);
      },
      onListening: () => this.#forget(ALL_TENANTS),
      // Redis may have the ids of before the outage, and replicas that wrote meanwhile could not replace them.
      onReconnected: () => void this.renew(ALL_TENANTS),
    });
  }

  override current(tenant: string): Generation {
    const { id, confirmedAt } = this.#knownOrNew(tenant);
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
    // With too many dirty tenants the epoch is renewed, which covers all of them.
    const scope = this.#dirty.size < MAX_DIRTY ? tenant : ALL_TENANTS;
    this.#dirty.set(scope, Symbol());
    this.#forget(scope);
    await this.#replace(scope);
  }

  #knownOrNew(tenant: string): KnownGeneration {
    const known = this.#generations.get(tenant);
    if (known) return known;
    const generated = { id: randomUUID(), confirmedAt: Number.NEGATIVE_INFINITY };
    this.#generations.set(tenant, generated);
    return generated;
  }

  #forget(scope: string): void {
    if (scope === ALL_TENANTS) {
      this.#generations.clear();
      this.#confirming.clear();
    } else {
      this.#generations.delete(scope);
      this.#confirming.delete(scope);
    }
  }

  /** A discarded read is repeated once only, as writes may never pause. */
  #confirm(tenant: string, isRetry = false): Promise<KnownGeneration | undefined> {
    const pending = this.#confirming.get(tenant);
    if (pending !== undefined) return pending;
    if (!this.registry.isAvailable || this.#dirty.has(ALL_TENANTS) || this.#dirty.has(tenant)) return UNCONFIRMED;
    const confirming = this.#load(tenant).then((known) => {
      if (this.#confirming.get(tenant) !== confirming) return isRetry ? undefined : this.#confirm(tenant, true);
      this.#confirming.delete(tenant);
      if (known) this.#generations.set(tenant, known);
      return known;
    });
    this.#confirming.set(tenant, confirming);
    return confirming;
  }

  async #load(tenant: string): Promise<KnownGeneration | undefined> {
    const confirmedAt = this.clock.monotonic();
    try {
      const scopes = [ALL_TENANTS, tenant];
      const ids = await this.registry.idsOf(scopes);
      const outdated = scopes.filter((scope, index) => !this.#recordIfGreatest(scope, ids[index] ?? ''));
      for (const scope of outdated) void this.renew(scope);
      return outdated.length === 0 ? { id: ids.join('.'), confirmedAt } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Records the id and returns true, unless a greater id of the scope was seen before. */
  #recordIfGreatest(scope: string, id: string): boolean {
    const greatest = this.#greatest.get(scope);
    if (greatest !== undefined && id < greatest) return false;
    this.#greatest.set(scope, id);
    return true;
  }

  async #replace(scope: string): Promise<void> {
    // Replacing the epoch covers every tenant that is marked now. A mark that is set meanwhile belongs to a later write and stays.
    const covered = scope === ALL_TENANTS ? [...this.#dirty] : [[scope, this.#dirty.get(scope)] as const];
    try {
      this.#recordIfGreatest(scope, await this.registry.replace(scope, this.#greatest.get(scope)));
    } catch {
      void this.#retry();
      return;
    }
    for (const [marked, mark] of covered) if (this.#dirty.get(marked) === mark) this.#dirty.delete(marked);
  }

  /** Runs only while Redis is available: after an outage the epoch is renewed anyway. */
  async #retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    while (this.#dirty.size > 0 && this.registry.isAvailable) {
      await this.clock.sleep(RETRY_MS);
      for (const scope of [...this.#dirty.keys()]) await this.#replace(scope);
    }
    this.#isRetrying = false;
  }
}
