import type { Clock } from '../../clock/clock';

const MINUTE_MS = 60_000;
const SECONDS_OF_BURST = 6;
const LEAST_BURST = 10;

/** In requests; `burst`: how many at once. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

export interface RateLimiter {
  /** Requests that are allowed now; below 1: none. */
  readonly remaining: number;
  readonly hasLeft: boolean;
  take(): void;
  /** Takes back one `take`. */
  giveBack(): void;
}

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

/**
 * A burst is a tenth of a minute's requests, so that no minute has over 110 % of the configured number; with small rates it is ten, as
 * many as a page in a browser requests.
 */
export function rateOf(perMinute: number): Rate {
  const burst = (perMinute * SECONDS_OF_BURST) / 60;
  return { perMinute, burst: Math.max(burst, Math.min(LEAST_BURST, perMinute)) };
}

/** How long `tokens` take to be refilled, in milliseconds. */
export function fillMs({ perMinute }: Rate, tokens: number): number {
  return (Math.max(0, tokens) * MINUTE_MS) / perMinute;
}

/** How many tokens are refilled in `ms` milliseconds. */
export function tokensIn({ perMinute }: Rate, ms: number): number {
  return (perMinute * ms) / MINUTE_MS;
}
