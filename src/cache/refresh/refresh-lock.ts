import type { Clock } from '../../clock/clock';
import type { RedisConnection } from '../../redis/redis-connection';
import { type Entry, freshnessOf } from '../entries/entry';
import { randomId } from '../generations/random-id';
import type { CacheKey } from '../stores/cache-store';
import type { RedisCacheStore } from '../stores/redis-cache-store';
import { refreshLockKey } from '../stores/redis-keys';

/** How long a turn is held at the most, in milliseconds: one that died must not hold up the others. */
const LOCK_MS = 3_000;
const WAIT_MS = 1_000;
const LOOK_EVERY_MS = 25;

/** Ends a turn, unless another replica has it by now. */
const END_TURN = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0`;

/** Lets one replica at a time ask Hubster; the others wait for what it stores. A matter of cost only, never of truth. */
export class RefreshLock {
  readonly #holder = randomId();

  constructor(
    private readonly redis: RedisConnection,
    private readonly store: RedisCacheStore,
    private readonly clock: Clock,
  ) {}

  /**
   * What another replica has loaded, waited for up to a second; nothing when it is the caller's turn, whether it was
   * taken, the wait is over or Redis is away.
   */
  async entryOfAnother(cacheKey: CacheKey): Promise<Entry | undefined> {
    const end = this.clock.monotonic() + WAIT_MS;
    for (;;) {
      // In this order, and together: who has the turn and finds nothing knows that nobody has just finished.
      const [isTaken, entry] = await Promise.all([this.#take(cacheKey), this.store.get(cacheKey)]);
      if (entry && freshnessOf(entry, this.clock.monotonic()) === 'fresh') {
        if (isTaken) await this.end(cacheKey);
        return entry;
      }
      if (isTaken || this.clock.monotonic() >= end) return undefined;
      await this.clock.sleep(LOOK_EVERY_MS);
    }
  }

  async end(cacheKey: CacheKey): Promise<void> {
    await this.redis
      .run((commands) => commands.eval(END_TURN, 1, refreshLockKey(cacheKey), this.#holder))
      .catch(ignore);
  }

  async #take(cacheKey: CacheKey): Promise<boolean> {
    try {
      const reply = await this.redis.run((commands) =>
        commands.set(refreshLockKey(cacheKey), this.#holder, 'PX', LOCK_MS, 'NX'),
      );
      return reply === 'OK';
    } catch {
      return true;
    }
  }
}

const ignore = () => undefined;
