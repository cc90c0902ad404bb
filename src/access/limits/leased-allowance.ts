import type { Clock } from '../../clock/clock';
import type { Allowance } from './allowance';
import { LocalAllowance } from './local-allowance';
import type { Rate } from './rate';

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
 * exceeded, by one burst a replica and paid back. While leasing fails, the process keeps the whole limit alone (N6).
 */
export class LeasedAllowance implements Allowance {
  readonly #alone: LocalAllowance;
  readonly #atHand: number;
  /** Negative: on credit. */
  #tokens = 0;
  #left: number;
  #isShort = false;
  #isAlone = false;
  #isAsking = false;
  #askAfter = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
    private readonly lease: Lease,
  ) {
    this.#alone = new LocalAllowance(clock, rate);
    this.#atHand = Math.max(1, Math.round(rate.burst * SHARE_AT_HAND));
    this.#left = rate.burst;
  }

  get remaining(): number {
    if (this.#isAlone) return this.#alone.remaining;
    return Math.max(0, this.#isShort ? this.#tokens : this.#tokens + this.#left);
  }

  get hasLeft(): boolean {
    if (this.#tokens < this.#atHand / 2) void this.#renew();
    if (this.#isAlone) return this.#alone.hasLeft;
    return this.#tokens >= 1 || (!this.#isShort && this.#tokens > -this.rate.burst);
  }

  take(): void {
    if (this.#isAlone) this.#alone.take();
    else this.#tokens -= 1;
  }

  /** Once at a time; after a refusal or a failure not before a pause. */
  async #renew(): Promise<void> {
    if (this.#isAsking || this.clock.monotonic() < this.#askAfter) return;
    this.#isAsking = true;
    const debt = Math.max(0, -this.#tokens);
    const wanted = this.#atHand - Math.max(0, this.#tokens);
    try {
      const { granted, left } = await this.lease(debt, wanted);
      this.#tokens += debt + granted;
      this.#left = Math.max(0, left);
      this.#isShort = granted < wanted;
      this.#isAlone = false;
    } catch {
      this.#isAlone = true;
    }
    this.#isAsking = false;
    if (this.#isShort || this.#isAlone) this.#askAfter = this.clock.monotonic() + PAUSE_MS;
  }
}
