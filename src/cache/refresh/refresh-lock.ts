import type { Clock } from '../../clock/clock';
import type { RedisConnection } from '../../redis/redis-connection';
import { type Entry, freshnessOf } from '../entries/entry';
import { randomId } from '../generations/random-id';
import type { Place } from '../stores/cache-store';
import type { RedisStore } from '../stores/redis-cache-store';
import { turnKey } from '../stores/redis-keys';

/** How long a turn is held at the most, in milliseconds: one that died must not hold up the others. */
const TURN_MS = 3_000;
const WAIT_MS = 1_000;
const LOOK_EVERY_MS = 25;

/** Ends a turn, unless another replica has it by now. */
const END_TURN = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0`;

/** Lets one replica at a time ask Hubster; the others wait for what it stores. A matter of cost only, never of truth. */
export class ReplicaTurns {
  readonly #holder = randomId();

  constructor(
    private readonly redis: RedisConnection,
    private readonly store: RedisStore,
    private readonly clock: Clock,
  ) {}

  /**
   * What another replica has loaded, waited for up to a second; nothing when it is the caller's turn, whether it was
   * taken, the wait is over or Redis is away.
   */
  async entryOfAnother(place: Place): Promise<Entry | undefined> {
    const end = this.clock.monotonic() + WAIT_MS;
    for (;;) {
      // In this order, and together: who has the turn and finds nothing knows that nobody has just finished.
      const [isTaken, entry] = await Promise.all([this.#take(place), this.store.get(place)]);
      if (entry && freshnessOf(entry, this.clock.monotonic()) === 'fresh') {
        if (isTaken) await this.end(place);
        return entry;
      }
      if (isTaken || this.clock.monotonic() >= end) return undefined;
      await this.clock.sleep(LOOK_EVERY_MS);
    }
  }

  async end(place: Place): Promise<void> {
    await this.redis.run((commands) => commands.eval(END_TURN, 1, turnKey(place), this.#holder)).catch(ignore);
  }

  async #take(place: Place): Promise<boolean> {
    try {
      const reply = await this.redis.run((commands) => commands.set(turnKey(place), this.#holder, 'PX', TURN_MS, 'NX'));
      return reply === 'OK';
    } catch {
      return true;
    }
  }
}

const ignore = () => undefined;
