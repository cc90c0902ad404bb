import type { Clock } from '../../clock/clock';
import type { RedisConnection } from '../../redis/redis-connection';
import { type Entry, remainingLifeOf } from '../entries/entry';
import { type CacheKey, CacheStore } from './cache-store';
import type { EntryCodec } from './entry-codec';
import { entryKey } from './redis-keys';

/** Larger entries stay in memory: a transfer could exceed the time limit of a command, and that would open the breaker. */
const MAX_VALUE_BYTES = 1024 * 1024;

/** The tier that replicas share. A failure of Redis is a miss (N6). */
export class RedisCacheStore extends CacheStore {
  constructor(
    private readonly redis: RedisConnection,
    private readonly codec: EntryCodec,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async get(cacheKey: CacheKey): Promise<Entry | undefined> {
    try {
      for (const candidate of cacheKeysOf(cacheKey)) {
        const value = await this.redis.run((commands) => commands.getBuffer(entryKey(candidate)));
        const entry = value && this.codec.decode(candidate, value);
        if (entry) return entry;
      }
    } catch {
      // A miss.
    }
    return undefined;
  }

  override async set(cacheKey: CacheKey, entry: Entry): Promise<void> {
    const ttl = Math.floor(remainingLifeOf(entry, this.clock.monotonic()));
    if (ttl <= 0 || entry.response.body.length > MAX_VALUE_BYTES) return;
    const value = this.codec.encode(cacheKey, entry);
    await this.redis.run((commands) => commands.set(entryKey(cacheKey), value, 'PX', ttl)).catch(ignore);
  }

  override async delete(cacheKey: CacheKey): Promise<void> {
    const keys = cacheKeysOf(cacheKey).map(entryKey);
    await this.redis.run((commands) => commands.del(...keys)).catch(ignore);
  }
}

/** During a rotation of `SECRET_KEY`, replicas that list the keys in the other order store entries under another visibility. */
function cacheKeysOf({ previousVisibility, ...cacheKey }: CacheKey): readonly CacheKey[] {
  return previousVisibility === undefined ? [cacheKey] : [cacheKey, { ...cacheKey, visibility: previousVisibility }];
}

const ignore = () => undefined;
