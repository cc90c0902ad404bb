import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { Redis } from '../../redis/redis';
import { traced } from '../../redis/redis-view';
import { type Entry, freshnessOf } from '../entry';
import type { CacheKey } from '../stores/cache-store';
import { type RedisCacheStore, refreshLockKey } from '../stores/redis-cache-store';

/** Lifetime of the lock in milliseconds: a replica that is killed must not block the others. */
const LOCK_MS = 3_000;
const WAIT_MS = 1_000;
const POLL_MS = 25;

/** Lets one replica at a time load an entry from Hubster while the others wait for it. This saves calls; correctness does not depend on it. */
export class RefreshLock {
  readonly #replica = randomUUID();
  /** Locks of this process: until an entry is stored in Redis, the next load of the same key does not wait for the one before. */
  readonly #held = new Set<string>();

  constructor(
    private readonly redis: Redis,
    private readonly store: RedisCacheStore,
    private readonly clock: Clock,
  ) {}

  /**
   * The fresh entry that another replica has loaded, after a wait of at most one second. Undefined when the caller has to load it:
   * it has got the lock, the wait is over, or Redis is unavailable.
   */
  async acquireOrAwaitEntry(cacheKey: CacheKey): Promise<Entry | undefined> {
    const end = this.clock.monotonic() + WAIT_MS;
    // Sent together, the lock first: a replica that gets the lock and finds no entry knows that no other has just finished.
    let [isAcquired, entry] = await Promise.all([this.#acquire(cacheKey), this.#fresh(cacheKey)]);
    while (!isAcquired && !entry && this.clock.monotonic() < end) {
      await this.clock.sleep(POLL_MS);
      isAcquired = await this.#acquire(cacheKey);
      // The holder has stored it before it released the lock. Until then the large list of an earlier generation may be there.
      if (isAcquired) entry = await this.#fresh(cacheKey);
    }
    if (isAcquired && entry) await this.release(cacheKey);
    return entry;
  }

  async #acquire(cacheKey: CacheKey): Promise<boolean> {
    const key = refreshLockKey(cacheKey);
    if (this.#held.has(key)) return true;
    const isAcquired = await traced(this.redis, cacheKey.span).lock(key, this.#replica, LOCK_MS);
    if (isAcquired) this.#held.add(key);
    return isAcquired;
  }

  async #fresh(cacheKey: CacheKey): Promise<Entry | undefined> {
    const entry = await this.store.get(cacheKey);
    return entry && freshnessOf(entry, this.clock.monotonic()) === 'fresh' ? entry : undefined;
  }

  release(cacheKey: CacheKey): Promise<unknown> {
    const key = refreshLockKey(cacheKey);
    this.#held.delete(key);
    return traced(this.redis, cacheKey.span).unlock(key, this.#replica);
  }
}
