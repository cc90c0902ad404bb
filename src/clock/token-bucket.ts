/** Tokens up to a capacity: full at first, taken one at a time; the caller decides when to add more. */
export class TokenBucket {
  #tokens: number;

  constructor(private readonly capacity: number) {
    this.#tokens = capacity;
  }

  get tokens(): number {
    return this.#tokens;
  }

  get hasLeft(): boolean {
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }

  /** Tokens above the capacity are dropped. */
  add(tokens: number): void {
    this.#tokens = Math.min(this.capacity, this.#tokens + tokens);
  }
}
