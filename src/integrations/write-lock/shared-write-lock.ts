import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/deadline';
import { Problem } from '../../problems/problem';
import type { RedisConnection } from '../../redis/redis-connection';
import { WriteLock, type WriteLockKey } from './write-lock';

/** How long after the write's deadline a lock may still stand, in milliseconds: what a write does last is not waited for by it. */
const BEYOND_DEADLINE_MS = 5000;
/** The mean pause between two tries, in milliseconds; each one differs, so that no replica is always the late one. */
const TRY_EVERY_MS = 50;
/** So many commands in a row without a reply are no accident, even where the connection still stands. */
const SILENT_TRIES = 5;

/**
 * Takes what is free or held by this process, which has one write at a time: of a try whose reply was lost, or of a write that
 * could not give it back, as Redis was silent and carried out later what it had been asked.
 */
const TAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and string.sub(holder, 1, 36) ~= string.sub(ARGV[1], 1, 36) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const GIVE_BACK = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`;

/**
 * For replicas: a turn in this process first, then a lock in Redis, which only the first in line of each replica tries for.
 * Redis is a help and never a condition: while it is away, writeLock are taken per process. The lock outlives the deadline of its
 * write, so nobody has to renew it; after a crash the integration is free again when it ends. What cannot be given back as Redis is
 * away is given back when it returns.
 */
export class SharedWriteLock extends WriteLock {
  readonly #process = randomUUID();
  readonly #owed = new Set<Lock>();

  constructor(
    private readonly local: WriteLock,
    private readonly redis: Pick<RedisConnection, 'run' | 'isAvailable' | 'onReconnected'>,
    private readonly clock: Clock,
  ) {
    super();
    redis.onReconnected(() => this.#giveBackOwed());
  }

  override runExclusive<T>(location: WriteLockKey, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    return this.local.runExclusive(location, deadline, async () => {
      const lock = {
        key: keyOf(location),
        token: `${this.#process}:${randomUUID()}`,
        endsAt: Number.NEGATIVE_INFINITY,
      };
      try {
        await this.#lock(lock, deadline);
        return await work();
      } finally {
        await this.#unlock(lock);
      }
    });
  }

  /**
   * Resolves when the lock is taken, or Redis is known to be away. A command without a reply may have taken it; the next one
   * finds that out.
   */
  async #lock(lock: Lock, deadline: Deadline): Promise<void> {
    for (let silent = 0; silent < SILENT_TRIES && this.redis.isAvailable; ) {
      const lifeMs = Math.ceil(deadline.remaining) + BEYOND_DEADLINE_MS;
      lock.endsAt = this.clock.monotonic() + lifeMs;
      const reply = await this.#run(TAKE, lock, lifeMs);
      if (reply === 1) return;
      silent = reply === undefined ? silent + 1 : 0;
      await this.clock.sleep(Math.min(TRY_EVERY_MS * (0.5 + Math.random()), deadline.remaining));
      if (deadline.isOver) throw new Problem('overloaded', { retryAfterSeconds: 1 });
    }
  }

  async #unlock(lock: Lock): Promise<void> {
    for (let tries = 0; tries < SILENT_TRIES && this.redis.isAvailable; tries += 1) {
      if ((await this.#run(GIVE_BACK, lock)) !== undefined) return;
    }
    this.#owe(lock);
  }

  /** As long as Redis may hold it: one that ends by itself is owed no more, so that they stay few however long Redis refuses. */
  #owe(lock: Lock): void {
    const now = this.clock.monotonic();
    for (const owed of this.#owed) {
      if (owed.endsAt > now) break;
      this.#owed.delete(owed);
    }
    if (lock.endsAt > now) this.#owed.add(lock);
  }

  #giveBackOwed(): void {
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const lock of owed) void this.#unlock(lock);
  }

  /** The reply; undefined for none. */
  #run(script: string, { key, token }: Lock, ...more: readonly number[]): Promise<unknown> {
    return this.redis.run((commands) => commands.eval(script, 1, key, token, ...more)).catch(() => undefined);
  }
}

interface Lock {
  readonly key: string;
  /** Tells the process, then the write. */
  readonly token: string;
  /** Until when Redis may hold it, on the monotonic clock; in the past while Redis has not been asked. */
  endsAt: number;
}

/** The tenant is the hash tag, as everywhere. */
function keyOf({ tenant, integrationId }: WriteLockKey): string {
  return `stagedoor:{${tenant}}:write:${integrationId}`;
}
