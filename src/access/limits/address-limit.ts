import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import { networkOf } from '../../context/quota';
import { Problem } from '../../problems/problem';
import { LocalRateLimiter } from './local-rate-limiter';
import { fillMs, type Rate } from './rate';

const MAX_ADDRESSES = 10_000;

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
