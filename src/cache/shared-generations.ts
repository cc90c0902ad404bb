import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock';
import type { RedisConnection } from '../redis/redis-connection';
import { type Generation, Generations } from './generations';
import { CHANNEL, type InvalidationBus } from './invalidation-bus';
import { ID_LENGTH, randomId } from './random-id';
import { generationKey } from './redis-keys';

/** How long Redis's word holds when nothing more is heard of it, in milliseconds (design 4). */
export const TRUST_MS = 5_000;
/** From when on a used generation is confirmed again behind the scenes, so that hits need not wait for it. */
const CONFIRM_AGAIN_MS = 2_500;
const RETRY_MS = 500;
const ID_LIFE_SECONDS = 86_400;

/** The scope of the global epoch: its renewal makes the entries of all tenants dead. */
const EVERYONE = '*';

/** Answers with the id of a scope, making one where there is none. */
const READ_ID = `
  local id = redis.call('GET', KEYS[1])
  if id and #id == ${ID_LENGTH} then return id end
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ${ID_LIFE_SECONDS})
  return ARGV[1]`;

/** Drops the id of a scope and tells the replicas, in this order. DEL, unlike SET, works in a Redis that is full. */
const DROP_ID = `
  redis.call('DEL', KEYS[1])
  return redis.call('PUBLISH', ARGV[1], ARGV[2])`;

interface Known {
  readonly id: string;
  /** When Redis was asked, on the monotonic clock; never for an id that this process made up. */
  readonly confirmedAt: number;
}

/**
 * Generations whose truth lies in Redis: the id of the epoch and the id of the tenant, together. An id that Redis has
 * dropped is never made again, so what any replica still holds under it is dead.
 */
export class SharedGenerations extends Generations {
  readonly #known = new LRUCache<string, Known>({ max: 100_000 });
  /** Dirty marks: renewed here while Redis does not know. Until it does, its word about the scope counts for nothing. */
  readonly #untold = new Map<string, symbol>();
  /** Questions to Redis under way; one that is taken out is void, as something changed after it was asked. */
  readonly #asking = new Map<string, Promise<Known | undefined>>();
  #isRetrying = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly bus: InvalidationBus,
    private readonly clock: Clock,
  ) {
    super();
    // What Redis holds may be from before the outage, and who wrote meanwhile could not say so.
    redis.onReconnected(() => void this.renew(EVERYONE));
    bus.listen({ onRenewed: (scope) => this.#forget(scope), onListening: () => this.#forget(EVERYONE) });
  }

  override current(tenant: string): Generation {
    const { id, confirmedAt } = this.#know(tenant);
    const age = this.clock.monotonic() - confirmedAt;
    const isTrusted = age <= TRUST_MS && (this.bus.isListening || !this.redis.isAvailable);
    if (isTrusted && age > CONFIRM_AGAIN_MS) void this.#confirm(tenant);
    return { id, isTrusted };
  }

  override async confirmed(tenant: string): Promise<Generation> {
    const current = this.current(tenant);
    if (current.isTrusted) return current;
    const known = await this.#confirm(tenant);
    return known ? { id: known.id, isTrusted: true } : this.current(tenant);
  }

  override async renew(scope: string): Promise<void> {
    this.#untold.set(scope, Symbol());
    this.#forget(scope);
    await this.#tell(scope);
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

  #confirm(tenant: string): Promise<Known | undefined> {
    const asked = this.#asking.get(tenant);
    if (asked) return asked;
    if (!this.redis.isAvailable || this.#untold.has(EVERYONE) || this.#untold.has(tenant)) return nothing;
    const asking = this.#ask(tenant).then((known) => {
      if (this.#asking.get(tenant) !== asking) return undefined;
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
      const ids = await this.redis.run((commands) =>
        Promise.all([EVERYONE, tenant].map((scope) => commands.eval(READ_ID, 1, generationKey(scope), randomId()))),
      );
      return { id: ids.join('.'), confirmedAt };
    } catch {
      return undefined;
    }
  }

  async #tell(scope: string): Promise<void> {
    // Whoever is told that all is dead need not be told of each tenant.
    const settled = [...this.#untold].filter(([marked]) => scope === EVERYONE || scope === marked);
    try {
      await this.redis.run((commands) =>
        commands.eval(DROP_ID, 1, generationKey(scope), CHANNEL, this.bus.messageFor(scope)),
      );
    } catch {
      void this.#retry();
      return;
    }
    for (const [marked, mark] of settled) if (this.#untold.get(marked) === mark) this.#untold.delete(marked);
    this.#forget(scope);
  }

  /** Only while Redis is there: when it comes back from an outage, everyone is told anyway. */
  async #retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    while (this.#untold.size > 0 && this.redis.isAvailable) {
      await this.clock.sleep(RETRY_MS);
      for (const scope of this.#untold.keys()) await this.#tell(scope);
    }
    this.#isRetrying = false;
  }
}

const nothing = Promise.resolve(undefined);
