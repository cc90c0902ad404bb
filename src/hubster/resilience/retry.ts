import { type Failed, isAmbiguous, type Method, retryAfterOf, rulesOf } from '../outcome/outcome';

const BASE_MS = 100;
const MAX_BACKOFF_MS = 2000;

/** The longest `Retry-After` for which a request waits (S-717). */
export const MAX_WAIT_MS = 2000;

/** With less time left, an attempt would only make a known failure an unknown outcome. */
const LEAST_LEFT_MS = { read: 100, write: 3000 };

/** The share of a tenant's requests that may be retries, and the retries at once. */
const BUDGET_SHARE = 0.2;
const BUDGET_BURST = 10;

export interface RetryInput {
  readonly method: Method;
  readonly outcome: Failed;
  /** Attempts made, from 1. */
  readonly attempt: number;
  readonly timeLeftMs: number;
  readonly hasBudget: boolean;
}

export type RetryDecision =
  | { readonly retry: true; readonly delayMs: number; readonly reason: Failed['kind'] }
  | {
      readonly retry: false;
      readonly reason: 'final' | 'ambiguous' | 'attempts-spent' | 'wait-too-long' | 'no-time' | 'budget-spent';
    };

/**
 * Whether to send again, the reason, and the delay (S-700 to S-720, S-753): full jitter over min(2 s, 100 ms · 2ⁿ), but at least
 * `Retry-After`. A write is sent again only when it cannot have taken effect; after an ambiguous one the caller of this module probes first.
 * @param random from 0 to 1
 */
export function decideRetry(input: RetryInput, random: () => number): RetryDecision {
  const { method, outcome, attempt, timeLeftMs, hasBudget } = input;
  if (isAmbiguous(outcome, method)) return no('ambiguous');
  const { attempts } = rulesOf(outcome);
  if (attempts === 1) return no('final');
  if (attempt >= attempts) return no('attempts-spent');
  const requiredMs = retryAfterOf(outcome) ?? 0;
  if (requiredMs > MAX_WAIT_MS) return no('wait-too-long');
  const backoffMs = random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (attempt - 1));
  const delayMs = Math.max(requiredMs, backoffMs);
  if (delayMs + LEAST_LEFT_MS[method === 'GET' ? 'read' : 'write'] > timeLeftMs) return no('no-time');
  return hasBudget ? { retry: true, delayMs, reason: outcome.kind } : no('budget-spent');
}

const no = (reason: (RetryDecision & { retry: false })['reason']): RetryDecision => ({ retry: false, reason });

/** Limits retries: a token bucket that requests fill. */
export class RetryBudget {
  #tokens = BUDGET_BURST;

  get hasLeft(): boolean {
    return this.#tokens >= 1;
  }

  countRequest(): void {
    this.#tokens = Math.min(BUDGET_BURST, this.#tokens + BUDGET_SHARE);
  }

  countRetry(): void {
    this.#tokens -= 1;
  }
}
