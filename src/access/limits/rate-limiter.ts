/** What is left of a limit now. */
export interface RateLimiter {
  /** Requests that may go now; below 1: none. */
  readonly remaining: number;
  readonly hasLeft: boolean;
  take(): void;
}
