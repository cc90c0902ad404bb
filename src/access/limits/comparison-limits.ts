import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import type { Caller } from '../../context/caller';
import type { Tenant } from '../../context/tenant';
import { Problem } from '../../problems/problem';
import { CoordinationRedis } from '../../redis/coordination-redis';
import { redisLease } from './leased-rate-limiter';
import { fillMs, LocalRateLimiter, type Rate } from './rate-limiter';

const BY_CALLER = { perMinute: 10, burst: 10 };
const OF_SECRET = { perMinute: 30, burst: 30 };
const MAX_KEYS = 10_000;

/**
 * Limits the comparisons of values with secrets in use: ten a minute by a caller, and thirty a minute for one field of one integration
 * by all callers, as an issuer may have any number of subjects.
 */
@Injectable()
export class ComparisonLimits {
  readonly #byCaller: SharedLimit;
  readonly #ofSecret: SharedLimit;

  constructor(clock: Clock, redis: CoordinationRedis) {
    this.#byCaller = new SharedLimit('comparisons-by-caller', BY_CALLER, clock, redis);
    this.#ofSecret = new SharedLimit('comparisons-of-secret', OF_SECRET, clock, redis);
  }

  /** Throws `rate-limited`. Callers with passthrough tokens share a caller id, so their tenant ids count too. */
  takeByCaller({ caller, tenant }: { readonly caller: Caller; readonly tenant: Tenant }): Promise<void> {
    return this.#byCaller.take(...('portalToken' in tenant.credentials ? [tenant.id, caller.id] : [caller.id]));
  }

  /** Throws `rate-limited`. Call it only for integrations that exist: made-up ids must not displace the counts of others. */
  takeOfSecret({ id }: Tenant, integrationId: string, pointer: string): Promise<void> {
    return this.#ofSecret.take(id, integrationId, pointer);
  }
}

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
    private readonly redis: CoordinationRedis,
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
