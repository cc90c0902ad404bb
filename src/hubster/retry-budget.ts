const SHARE = 0.2;
const BURST = 10;

/** Keeps retries under 20 % of a tenant's requests, with a burst of 10 (design 5): a token bucket filled by requests. */
export class RetryBudget {
  #tokens = BURST;

  get hasLeft(): boolean {
    return this.#tokens >= 1;
  }

  countRequest(): void {
    this.#tokens = Math.min(BURST, this.#tokens + SHARE);
  }

  countRetry(): void {
    this.#tokens -= 1;
  }
}
