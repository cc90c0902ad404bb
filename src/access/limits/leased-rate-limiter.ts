import type { Clock } from '../../clock/clock';
import { type Redis, RedisUnavailable } from '../../redis/redis';
import { type Rate, type RateLimiter, tokensIn } from './rate-limiter';

/** Takes tokens from the bucket that all replicas share: `debt` in any case, and as many of `wanted` as are left. */
export type Lease = (debt: number, wanted: number) => Promise<Leased>;

interface Leased {
  readonly granted: number;
  /** Tokens in the shared bucket after that; negative while it is in debt. */
  readonly left: number;
}

/** The share of a burst that a replica leases ahead. */
const LEASED_AHEAD_SHARE = 0.1;
const PAUSE_MS = 100;

/** A bucket that was not used for this long is full again: any burst is refilled within a minute. */
const BUCKET_LIFE_MS = 120_000;

/**
 * A token bucket by the clock of Redis, as the clocks of replicas differ. A debt is always taken and may make the bucket negative;
 * leases are whole tokens.
 */
const LEASE_SCRIPT = `
  local perMinute, burst, debt, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local time = redis.call('TIME')
  local now = time[1] * 1000 + time[2] / 1000
  local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or burst)
  local filledAt = tonumber(redis.call('HGET', KEYS[1], 'filledAt') or now)
  tokens = math.min(burst, tokens + math.max(0, now - filledAt) * perMinute / 60000) - debt
  local granted = math.max(0, math.min(wanted, math.floor(tokens)))
  redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - granted), 'filledAt', string.format('%.3f', now))
  redis.call('PEXPIRE', KEYS[1], ${BUCKET_LIFE_MS})
  return { granted, math.floor(tokens - granted) }`;

/**
 * A limit that replicas share without a Redis command per request: tokens are leased in the background, before they are needed.
 * While the shared bucket grants every lease in full, requests beyond the leased tokens go into debt, which the next lease repays;
 * once a lease was cut short, no request does. So the rate of all replicas together is kept, and only a burst may be exceeded, by
 * one burst per replica, and is repaid. While leasing fails, the process applies the whole limit alone (N6), continuing from what
 * was left: one lost lease adds the tokens of that moment, and no burst.
 */
export class LeasedRateLimiter implements RateLimiter {
  readonly #leasedAhead: number;
  readonly #leaseBelow: number;
  /** Negative: in debt. */
  #tokens = 0;
  /** Tokens in the shared bucket at the last lease. */
  #left: number;
  #isShort = false;
  /** When this process last filled its tokens by time (Clock.monotonic()); undefined while it leases them. */
  #aloneSince: number | undefined;
  #isLeasing = false;
  #leaseAfter = Number.NEGATIVE_INFINITY;

  /** @param leaseBelow how many tokens there are at least before the next are leased; default: half of those leased ahead */
  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
    private readonly lease: Lease,
    leaseBelow?: number,
  ) {
    this.#leasedAhead = Math.max(1, Math.round(rate.burst * LEASED_AHEAD_SHARE));
    this.#leaseBelow = leaseBelow ?? this.#leasedAhead / 2;
    this.#left = rate.burst;
  }

  get remaining(): number {
    this.#fillAlone();
    return Math.max(0, this.#isLimitedToTokens ? this.#tokens : this.#tokens + this.#left);
  }

  get hasLeft(): boolean {
    this.#fillAlone();
    if (this.#aloneSince !== undefined || this.#tokens < this.#leaseBelow) void this.#renew();
    return this.#tokens >= 1 || (!this.#isLimitedToTokens && this.#tokens > -this.rate.burst);
  }

  take(): void {
    this.#tokens -= 1;
  }

  giveBack(): void {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + 1);
  }

  get #isLimitedToTokens(): boolean {
    return this.#isShort || this.#aloneSince !== undefined;
  }

  /** One lease at a time; after one that was cut short or failed, the next follows a pause. */
  async #renew(): Promise<void> {
    if (this.#isLeasing || this.clock.monotonic() < this.#leaseAfter) return;
    this.#isLeasing = true;
    const debt = Math.max(0, -this.#tokens);
    const wanted = Math.max(0, this.#leasedAhead - Math.max(0, this.#tokens));
    try {
      const { granted, left } = await this.lease(debt, wanted);
      // Tokens filled by time must not add to those of the shared bucket.
      if (this.#aloneSince !== undefined) this.#tokens = Math.min(this.#tokens, this.#leasedAhead - wanted);
      this.#tokens += debt + granted;
      this.#left = Math.max(0, left);
      this.#isShort = granted < wanted;
      this.#aloneSince = undefined;
    } catch {
      this.#continueAlone();
    }
    this.#isLeasing = false;
    if (this.#isLimitedToTokens) this.#leaseAfter = this.clock.monotonic() + PAUSE_MS;
  }

  /** Continues with the tokens that were left in the shared bucket. */
  #continueAlone(): void {
    if (this.#aloneSince !== undefined) return;
    if (!this.#isShort) this.#tokens = Math.min(this.rate.burst, this.#tokens + this.#left);
    this.#aloneSince = this.clock.monotonic();
  }

  #fillAlone(): void {
    if (this.#aloneSince === undefined) return;
    const now = this.clock.monotonic();
    this.#tokens = Math.min(this.rate.burst, this.#tokens + tokensIn(this.rate, now - this.#aloneSince));
    this.#aloneSince = now;
  }
}

/** Leases from the bucket of `id` in Redis. Rejects with `RedisUnavailable`. */
export function redisLease(redis: Redis, id: string, { perMinute, burst }: Rate): Lease {
  return async (debt, wanted) => {
    const reply = await redis.eval(LEASE_SCRIPT, [`stagedoor:{${id}}:limit`], perMinute, burst, debt, wanted);
    const [granted, left]: unknown[] = Array.isArray(reply) ? reply : [];
    if (typeof granted !== 'number' || typeof left !== 'number') throw new RedisUnavailable();
    return { granted: Math.min(wanted, Math.max(0, granted)), left };
  };
}
