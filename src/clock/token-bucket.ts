/** Tokens up to a capacity: full at first, taken one at a time, put back by whoever knows when. */
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

  /** What does not fit is lost. */
  add(tokens: number): void {
    this.#tokens = Math.min(this.capacity, this.#tokens + tokens);
  }
}
