const MINUTE_MS = 60_000;
const SECONDS_OF_BURST = 6;
const LEAST_BURST = 10;

/** In requests; `burst`: how many at once. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

/**
 * A burst is a tenth of a minute's requests, so that no minute has over 110 % of the configured number; with small rates it is ten, as
 * many as a page in a browser requests.
 */
export function rateOf(perMinute: number): Rate {
  const burst = (perMinute * SECONDS_OF_BURST) / 60;
  return { perMinute, burst: Math.max(burst, Math.min(LEAST_BURST, perMinute)) };
}

/** How long `tokens` take to be refilled, in milliseconds. */
export function fillMs({ perMinute }: Rate, tokens: number): number {
  return (Math.max(0, tokens) * MINUTE_MS) / perMinute;
}

/** How many tokens are refilled in `ms` milliseconds. */
export function tokensIn({ perMinute }: Rate, ms: number): number {
  return (perMinute * ms) / MINUTE_MS;
}
