import type { Clock } from '../../clock/clock';
import type { RedisConnection } from '../../redis/redis-connection';
import { type Entry, remainingLifeOf } from '../entries/entry';
import { CacheStore, type Place } from './cache-store';
import type { EntryCodec } from './entry-codec';
import { answerKey } from './redis-keys';

/** What is larger stays in memory: moving it could take longer than a command may, and that would open the breaker. */
const MAX_VALUE_BYTES = 1024 * 1024;

/** The tier that replicas share. Whatever Redis does, the worst that comes of it is a miss (N6). */
export class RedisStore extends CacheStore {
  constructor(
    private readonly redis: RedisConnection,
    private readonly codec: EntryCodec,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async get(place: Place): Promise<Entry | undefined> {
    try {
      for (const one of placesOf(place)) {
        const value = await this.redis.run((commands) => commands.getBuffer(answerKey(one)));
        const entry = value && this.codec.decode(one, value);
        if (entry) return entry;
      }
    } catch {
      // A miss.
    }
    return undefined;
  }

  override async set(place: Place, entry: Entry): Promise<void> {
    const ttl = Math.floor(remainingLifeOf(entry, this.clock.monotonic()));
    if (ttl <= 0 || entry.answer.body.length > MAX_VALUE_BYTES) return;
    const value = this.codec.encode(place, entry);
    await this.redis.run((commands) => commands.set(answerKey(place), value, 'PX', ttl)).catch(ignore);
  }

  override async delete(place: Place): Promise<void> {
    const keys = placesOf(place).map(answerKey);
    await this.redis.run((commands) => commands.del(...keys)).catch(ignore);
  }
}

/** While `SECRET_KEY` is rotated, replicas with the other key first keep their entries elsewhere. */
function placesOf({ previousVisibility, ...place }: Place): readonly Place[] {
  return previousVisibility === undefined ? [place] : [place, { ...place, visibility: previousVisibility }];
}

const ignore = () => undefined;
