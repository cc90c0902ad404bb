import type { Clock } from '../../clock/clock';
import { type Rate, tokensIn } from './rate';
import type { RateLimiter } from './rate-limiter';

/** A limit of this process alone: a token bucket filled by time. */
export class LocalRateLimiter implements RateLimiter {
  #tokens: number;
  #filledAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
  ) {
    this.#tokens = rate.burst;
    this.#filledAt = clock.monotonic();
  }

  get remaining(): number {
    const now = this.clock.monotonic();
    this.#add(tokensIn(this.rate, now - this.#filledAt));
    this.#filledAt = now;
    return this.#tokens;
  }

  get hasLeft(): boolean {
    return this.remaining >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }

  giveBack(): void {
    this.#add(1);
  }

  /** Tokens above the burst are dropped. */
  #add(tokens: number): void {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + tokens);
  }
}
