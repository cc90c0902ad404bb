const MINUTE_MS = 60_000;
const SECONDS_OF_BURST = 6;
const LEAST_BURST = 10;

/** So many requests a minute, and how many of them at once. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

/**
 * A tenth of a minute's requests may come at once, so that a minute never sees over 110 % of what was configured; small
 * rates may come ten at once, as a page of a browser asks for that many.
 */
export function rateOf(perMinute: number): Rate {
  const burst = (perMinute * SECONDS_OF_BURST) / 60;
  return { perMinute, burst: Math.max(burst, Math.min(LEAST_BURST, perMinute)) };
}

/** How long so many tokens take to come, in milliseconds. */
export function fillMs({ perMinute }: Rate, tokens: number): number {
  return (Math.max(0, tokens) * MINUTE_MS) / perMinute;
}

/** How many tokens come in so many milliseconds. */
export function tokensIn({ perMinute }: Rate, ms: number): number {
  return (perMinute * ms) / MINUTE_MS;
}
