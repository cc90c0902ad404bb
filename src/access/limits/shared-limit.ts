import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import { Problem } from '../../problems/problem';
import type { Redis } from '../../redis/redis';
import { LocalRateLimiter } from './local-rate-limiter';
import { fillMs, type Rate } from './rate';
import { redisLease } from './redis-lease';

const MAX_KEYS = 10_000;

/**
 * A low and rarely used limit that takes one Redis command per use: all replicas together keep it exactly. While Redis is unavailable
 * each process applies it alone (N6).
 */
export class SharedLimit {
  /** By a digest, as keys may be long. */
  readonly #local = new LRUCache<string, LocalRateLimiter>({ max: MAX_KEYS });

  constructor(
    private readonly name: string,
    private readonly rate: Rate,
    private readonly clock: Clock,
    private readonly redis: Redis,
  ) {}

  /** Counts one use. Throws `rate-limited`. */
  async take(...key: readonly string[]): Promise<void> {
    const digest = createHash('sha256').update(JSON.stringify(key)).digest('base64url');
    const local = this.#localOf(digest);
    if (!local.hasLeft) throw this.#rateLimited(local.remaining);
    // Before the Redis command, so that uses that wait for it count already.
    local.take();
    const left = await this.#leftInRedis(digest);
    if (left !== undefined) throw this.#rateLimited(left);
  }

  /** The tokens left in Redis if it grants none; undefined if it grants one or is unavailable. */
  async #leftInRedis(digest: string): Promise<number | undefined> {
    const lease = redisLease(this.redis, `${this.name}:${digest}`, this.rate);
    const leased = await lease(0, 1).catch(() => undefined);
    return leased?.granted === 0 ? leased.left : undefined;
  }

  #localOf(digest: string): LocalRateLimiter {
    const known = this.#local.get(digest);
    if (known) return known;
    const limiter = new LocalRateLimiter(this.clock, this.rate);
    this.#local.set(digest, limiter);
    return limiter;
  }

  #rateLimited(left: number): Problem {
    return new Problem('rate-limited', { retryAfterSeconds: fillMs(this.rate, 1 - left) / 1000 });
  }
}
