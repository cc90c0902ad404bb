import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import { networkOf } from '../../context/quota';
import { Problem } from '../../problems/problem';
import { fillMs, LocalRateLimiter, type Rate } from './rate-limiter';

const MAX_ADDRESSES = 10_000;
const FAILURES = { perMinute: 60, burst: 60 };

/** A rate limit for each address, per process; a /64 network of IPv6 counts as one address. */
export class AddressLimit {
  readonly #addresses = new LRUCache<string, LocalRateLimiter>({ max: MAX_ADDRESSES });

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
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

  #limiterOf(address: string): LocalRateLimiter {
    const network = networkOf(address);
    const known = this.#addresses.get(network);
    if (known) return known;
    const limiter = new LocalRateLimiter(this.clock, this.rate);
    this.#addresses.set(network, limiter);
    return limiter;
  }
}

/**
 * Limits bad credentials to 60 a minute for each address; beyond that the response is 429 instead of 401. Good credentials are never
 * rejected for it: a whole company may share an address.
 */
@Injectable()
export class AuthThrottle {
  readonly #limit: AddressLimit;

  constructor(clock: Clock) {
    this.#limit = new AddressLimit(clock, FAILURES);
  }

  /** Counts one, and returns the problem to respond with. */
  countFailure(address: string): Problem {
    return this.#limit.take(address) ?? new Problem('unauthenticated');
  }
}
