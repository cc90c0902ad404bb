import { type Failed, isAmbiguous, type Method, retryAfterOf } from '../outcome/outcome';

const ATTEMPTS = 3;
const BASE_MS = 100;
const MAX_BACKOFF_MS = 2000;

/** The longest `Retry-After` for which a request waits (S-717). */
export const MAX_WAIT_MS = 2000;

/** With less time left, an attempt would only make a known failure an unknown outcome. */
const LEAST_LEFT_MS = { read: 100, write: 3000 };

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
  if (!canHelp(outcome)) return no('final');
  if (attempt >= (outcome.kind === 'server-error' ? 2 : ATTEMPTS)) return no('attempts-spent');
  const requiredMs = retryAfterOf(outcome) ?? 0;
  if (requiredMs > MAX_WAIT_MS) return no('wait-too-long');
  const backoffMs = random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (attempt - 1));
  const delayMs = Math.max(requiredMs, backoffMs);
  if (delayMs + LEAST_LEFT_MS[method === 'GET' ? 'read' : 'write'] > timeLeftMs) return no('no-time');
  return hasBudget ? { retry: true, delayMs, reason: outcome.kind } : no('budget-spent');
}

const no = (reason: (RetryDecision & { retry: false })['reason']): RetryDecision => ({ retry: false, reason });

/** Called for an ambiguous outcome only of a read or of Identity, which can be sent again without harm (S-720). */
function canHelp({ kind }: Failed): boolean {
  switch (kind) {
    case 'rate-limited':
    case 'never-sent':
    case 'unavailable':
    case 'request-timeout':
    case 'server-error':
    case 'gateway':
    case 'reset':
    case 'no-response':
      return true;
    default:
      return false;
  }
}
