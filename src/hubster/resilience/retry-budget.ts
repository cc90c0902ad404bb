import { TokenBucket } from '../../clock/token-bucket';

const SHARE = 0.2;
const BURST = 10;

/** Limits retries to 20 % of a tenant's requests, with a burst of 10: a token bucket that requests fill. */
export class RetryBudget {
  readonly #bucket = new TokenBucket(BURST);

  get hasLeft(): boolean {
    return this.#bucket.hasLeft;
  }

  countRequest(): void {
    this.#bucket.add(SHARE);
  }

  countRetry(): void {
    this.#bucket.take();
  }
}
