import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import { networkOf } from '../../context/quota';
import { Problem } from '../../problems/problem';
import { CoordinationRedis } from '../../redis/coordination-redis';
import type { Redis } from '../../redis/redis';
import { LeasedRateLimiter, redisLease } from './leased-rate-limiter';
import { fillMs, LocalRateLimiter, type Rate, type RateLimiter } from './rate-limiter';

const MAX_ADDRESSES = 10_000;
const FAILURES = { perMinute: 60, burst: 60 };
/**
 * An address leases nothing before it is in debt by more than this: anybody may have many addresses, and a few failures of each must not
 * cost Redis a command and a key.
 */
const LEAST_DEBT = 5;

/**
 * A rate limit for each address, over all replicas; a /64 network of IPv6 counts as one address. Tokens are leased in the background, so
 * nobody waits for Redis.
 */
export class AddressLimit {
  readonly #addresses = new LRUCache<string, RateLimiter>({ max: MAX_ADDRESSES });

  /** @param name of the limit in Redis */
  constructor(
    private readonly name: string,
    private readonly rate: Rate,
    private readonly clock: Clock,
    private readonly redis: Redis,
  ) {}

  /** Counts one, or returns `rate-limited` if none is left. */
  take(address: string): Problem | undefined {
    const limiter = this.#limiterOf(address);
    if (!limiter.hasLeft) {
      return new Problem('rate-limited', { retryAfterSeconds: fillMs(this.rate, 1 - limiter.remaining) / 1000 });
    }
    limiter.take();
    return undefined;
  }

  /** Takes back one count of `take`. */
  giveBack(address: string): void {
    this.#limiterOf(address).giveBack();
  }

  #limiterOf(address: string): RateLimiter {
    const network = networkOf(address);
    const known = this.#addresses.get(network);
    if (known) return known;
    const limiter = this.#newLimiter(network);
    this.#addresses.set(network, limiter);
    return limiter;
  }

  #newLimiter(network: string): RateLimiter {
    if (!this.redis.isConfigured) return new LocalRateLimiter(this.clock, this.rate);
    const lease = redisLease(
      this.redis,
      `${this.name}:${hash('sha256', network, 'base64url').slice(0, 22)}`,
      this.rate,
    );
    return new LeasedRateLimiter(this.clock, this.rate, lease, -LEAST_DEBT);
  }
}

/**
 * Limits bad credentials to 60 a minute for each address, over all replicas; beyond that the response is 429 instead of 401. Good credentials are never
 * rejected for it: a whole company may share an address.
 */
@Injectable()
export class AuthThrottle {
  readonly #limit: AddressLimit;

  constructor(clock: Clock, redis: CoordinationRedis) {
    this.#limit = new AddressLimit('failed-attempts', FAILURES, clock, redis);
  }

  /** Counts one, and returns the problem to respond with. */
  countFailure(address: string): Problem {
    return this.#limit.take(address) ?? new Problem('unauthenticated');
  }
}
