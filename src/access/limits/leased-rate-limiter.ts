import type { Clock } from '../../clock/clock';
import { type Rate, tokensIn } from './rate';
import type { RateLimiter } from './rate-limiter';

/** Asks the bucket that all replicas share: takes `debt` from it in any case, and as many of `wanted` as there are. */
export type Lease = (debt: number, wanted: number) => Promise<Leased>;

export interface Leased {
  readonly granted: number;
  /** What the shared bucket then held; negative while it is in debt. */
  readonly left: number;
}

/** The share of a burst that a replica keeps at hand. */
const SHARE_AT_HAND = 0.1;
const PAUSE_MS = 100;

/**
 * A limit that replicas share without asking for each request: tokens are leased in the background, before they are needed.
 * While the shared bucket gave all that was asked for, requests beyond the tokens at hand go on credit, which the next lease
 * pays; once it ran short nothing goes on credit. So the rate of all replicas together is kept, and only a burst may be
 * exceeded, by one burst a replica and paid back. While leasing fails, the process keeps the whole limit alone (N6), going on
 * from what was left: a lease that is lost once adds what comes in a moment, and no burst.
 */
export class LeasedRateLimiter implements RateLimiter {
  readonly #atHand: number;
  /** Negative: on credit. */
  #tokens = 0;
  /** In the shared bucket, as far as is known. */
  #left: number;
  #isShort = false;
  /** Since when the tokens of this process are filled by time; undefined while they are leased. */
  #aloneSince: number | undefined;
  #isAsking = false;
  #askAfter = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
    private readonly lease: Lease,
  ) {
    this.#atHand = Math.max(1, Math.round(rate.burst * SHARE_AT_HAND));
    this.#left = rate.burst;
  }

  get remaining(): number {
    this.#fillAlone();
    return Math.max(0, this.#isLimitedToTokens ? this.#tokens : this.#tokens + this.#left);
  }

  get hasLeft(): boolean {
    this.#fillAlone();
    if (this.#aloneSince !== undefined || this.#tokens < this.#atHand / 2) void this.#renew();
    return this.#tokens >= 1 || (!this.#isLimitedToTokens && this.#tokens > -this.rate.burst);
  }

  take(): void {
    this.#tokens -= 1;
  }

  get #isLimitedToTokens(): boolean {
    return this.#isShort || this.#aloneSince !== undefined;
  }

  /** Once at a time; after a refusal or a failure not before a pause. */
  async #renew(): Promise<void> {
    if (this.#isAsking || this.clock.monotonic() < this.#askAfter) return;
    this.#isAsking = true;
    const debt = Math.max(0, -this.#tokens);
    const wanted = Math.max(0, this.#atHand - Math.max(0, this.#tokens));
    try {
      const { granted, left } = await this.lease(debt, wanted);
      // What filled alone beyond the tokens at hand is not had beside the shared bucket.
      if (this.#aloneSince !== undefined) this.#tokens = Math.min(this.#tokens, this.#atHand - wanted);
      this.#tokens += debt + granted;
      this.#left = Math.max(0, left);
      this.#isShort = granted < wanted;
      this.#aloneSince = undefined;
    } catch {
      this.#goAlone();
    }
    this.#isAsking = false;
    if (this.#isLimitedToTokens) this.#askAfter = this.clock.monotonic() + PAUSE_MS;
  }

  /** Whatever was left of the shared bucket is now this process's. */
  #goAlone(): void {
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
