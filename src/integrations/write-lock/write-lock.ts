import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/request-context';
import type { Span } from '../../context/span';
import { Problem } from '../../problems/problem';
import { CoordinationRedis } from '../../redis/coordination-redis';
import { RedisUnavailable } from '../../redis/redis';
import { traced } from '../../redis/redis-view';
import { LocalWriteLock, type WriteLockKey } from './local-write-lock';

/** How long a lock outlives the deadline of its write, in milliseconds: the last steps of a write are not cut off by the deadline. */
const BEYOND_DEADLINE_MS = 5000;
/** The mean pause between two tries, in milliseconds; random, so that no replica is always late. */
const TRY_EVERY_MS = 50;
/** After so many commands in a row without a reply Redis counts as away, even if it is still connected. */
const SILENT_TRIES = 5;

/**
 * Takes a lock that is free, or that this process has (one write at a time): from a try whose reply was lost, or from a write that
 * could not release it because Redis sent no reply.
 */
const TAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and string.sub(holder, 1, 36) ~= string.sub(ARGV[1], 1, 36) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

interface Lock {
  readonly key: string;
  readonly span: Span | undefined;
  /** `<process>:<write>`, both UUIDs. */
  readonly token: string;
  /** When it expires in Redis, on the monotonic clock; in the past before the first command. */
  endsAt: number;
}

/**
 * Lets writes to one integration happen one after another (S-316): first the lock of this process, then one in Redis, which only one write of each replica tries to take. Writes do
 * not depend on Redis: while it is away, the lock is per process. The lock outlives the deadline of its write, so it is never
 * renewed; after a crash the integration is free when it expires. A lock that cannot be released because Redis is away is released
 * when Redis is back.
 */
@Injectable()
export class WriteLock {
  readonly #local: LocalWriteLock;
  readonly #process = randomUUID();
  readonly #unreleased = new Set<Lock>();

  constructor(
    private readonly clock: Clock,
    private readonly redis: CoordinationRedis,
  ) {
    this.#local = new LocalWriteLock(clock);
    redis.onReconnected(() => this.#releaseAll());
  }

  /** Runs `work` when all earlier work on the key has ended; throws `overloaded` if the deadline ends before that. */
  runExclusive<T>(key: WriteLockKey, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    return this.#local.runExclusive(key, deadline, async () => {
      const lock = {
        key: redisKeyOf(key),
        span: key.span,
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
   * Resolves when the lock is taken, or when Redis counts as away. A command without a reply may have taken it; the next one shows
   * that.
   */
  async #lock(lock: Lock, deadline: Deadline): Promise<void> {
    const redis = traced(this.redis, lock.span);
    for (let silent = 0; silent < SILENT_TRIES && this.redis.isAvailable; ) {
      const lifeMs = Math.ceil(deadline.remaining) + BEYOND_DEADLINE_MS;
      lock.endsAt = this.clock.monotonic() + lifeMs;
      const reply = await redis.eval(TAKE, [lock.key], lock.token, lifeMs).catch(failureIn);
      // A Redis that refuses would refuse again: the lock is per process meanwhile.
      if (reply === 1 || (reply instanceof RedisUnavailable && !reply.mayPass)) return;
      silent = reply instanceof RedisUnavailable ? silent + 1 : 0;
      await this.clock.sleep(Math.min(TRY_EVERY_MS * (0.5 + Math.random()), deadline.remaining));
      if (deadline.isOver) throw new Problem('overloaded', { retryAfterSeconds: 1 });
    }
  }

  async #unlock(lock: Lock): Promise<void> {
    const redis = traced(this.redis, lock.span);
    for (let tries = 0; tries < SILENT_TRIES && this.redis.isAvailable; tries += 1) {
      if (await redis.unlock(lock.key, lock.token)) return;
    }
    this.#releaseLater(lock);
  }

  /** Drops locks that have expired by now, so that their number is bounded however long Redis fails. */
  #releaseLater(lock: Lock): void {
    const now = this.clock.monotonic();
    for (const unreleased of this.#unreleased) {
      if (unreleased.endsAt > now) break;
      this.#unreleased.delete(unreleased);
    }
    if (lock.endsAt > now) this.#unreleased.add(lock);
  }

  #releaseAll(): void {
    const locks = [...this.#unreleased];
    this.#unreleased.clear();
    for (const lock of locks) void this.#unlock(lock);
  }
}

const failureIn = (error: unknown) => (error instanceof RedisUnavailable ? error : new RedisUnavailable());

/** The tenant is the hash tag, as in all keys. */
function redisKeyOf({ tenant, integrationId }: WriteLockKey): string {
  return `stagedoor:{${tenant}}:write:${integrationId}`;
}
