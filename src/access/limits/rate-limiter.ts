export interface RateLimiter {
  /** Requests that are allowed now; below 1: none. */
  readonly remaining: number;
  readonly hasLeft: boolean;
  take(): void;
}
