import type { Clock } from '../../clock/clock';
import { TokenBucket } from '../../clock/token-bucket';
import { type Rate, tokensIn } from './rate';
import type { RateLimiter } from './rate-limiter';

/** A limit of this process alone: a token bucket filled by time. */
export class LocalRateLimiter implements RateLimiter {
  readonly #bucket: TokenBucket;
  #filledAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
  ) {
    this.#bucket = new TokenBucket(rate.burst);
    this.#filledAt = clock.monotonic();
  }

  get remaining(): number {
    const now = this.clock.monotonic();
    this.#bucket.add(tokensIn(this.rate, now - this.#filledAt));
    this.#filledAt = now;
    return this.#bucket.tokens;
  }

  get hasLeft(): boolean {
    return this.remaining >= 1;
  }

  take(): void {
    this.#bucket.take();
  }

  giveBack(): void {
    this.#bucket.add(1);
  }
}
