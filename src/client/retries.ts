import { NoResponseError, ProblemError, type StagedoorError, UnexpectedResponseError } from './errors.ts';

/** Time and chance, so that tests control them. */
export interface Timing {
  /** Milliseconds from any start. */
  monotonic(): number;
  /** Calls `wake` after `ms`; the result cancels it. */
  after(ms: number, wake: () => void): () => void;
  /** From 0 to below 1. */
  random(): number;
}

export const systemTiming: Timing = {
  monotonic: () => performance.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8000;
/** Statuses of a proxy that say: not now. */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);

/** Whether a failed request may be sent again. `isRepeatable`: a second effect is impossible, as it reads or has an idempotency key. */
export function mayRetry(error: StagedoorError, isRepeatable: boolean): boolean {
  if (error instanceof ProblemError) return error.retryable && (isRepeatable || error.outcome !== 'unknown');
  if (error instanceof UnexpectedResponseError) return isRepeatable && PASSING_STATUSES.has(error.status);
  return isRepeatable && error instanceof NoResponseError;
}

/** Milliseconds before retry `retry` (from 1): at least `Retry-After`, with jitter, so that clients do not return all at once. */
export function retryDelay(error: StagedoorError, retry: number, random: number): number {
  const backoff = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (retry - 1));
  const jittered = backoff * (0.5 + random / 2);
  const wanted = error instanceof ProblemError || error instanceof UnexpectedResponseError ? error.retryAfterMs : 0;
  return wanted ? wanted + jittered : jittered;
}

/** `Retry-After` in milliseconds; whole seconds only, as Stagedoor sends it. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) * 1000 : undefined;
}
