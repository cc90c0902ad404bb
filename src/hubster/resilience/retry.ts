import { type Failed, isAmbiguous, type Method, retryAfterOf } from '../outcome/outcome';

const ATTEMPTS = 3;
const BASE_MS = 100;
const MAX_BACKOFF_MS = 2000;

/** The longest `Retry-After` that is waited for inside a request (S-717). */
export const MAX_WAIT_MS = 2000;

/** With less than this left an attempt would only turn a known failure into an unknown outcome. */
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
 * Whether to send again, why, and after how long (S-700 to S-720, S-753): full jitter over min(2 s, 100 ms · 2ⁿ), and never
 * before `Retry-After` says. A write is sent again only when it cannot have taken effect; whoever sent it looks first.
 * @param random from 0 to 1
 */
export function decideRetry(input: RetryInput, random: () => number): RetryDecision {
  const { method, outcome, attempt, timeLeftMs, hasBudget } = input;
  if (isAmbiguous(outcome, method)) return no('ambiguous');
  if (!canHelp(outcome)) return no('final');
  if (attempt >= (outcome.kind === 'server-error' ? 2 : ATTEMPTS)) return no('attempts-spent');
  const askedMs = retryAfterOf(outcome) ?? 0;
  if (askedMs > MAX_WAIT_MS) return no('wait-too-long');
  const backoffMs = random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (attempt - 1));
  const delayMs = Math.max(askedMs, backoffMs);
  if (delayMs + LEAST_LEFT_MS[method === 'GET' ? 'read' : 'write'] > timeLeftMs) return no('no-time');
  return hasBudget ? { retry: true, delayMs, reason: outcome.kind } : no('budget-spent');
}

const no = (reason: (RetryDecision & { retry: false })['reason']): RetryDecision => ({ retry: false, reason });

/** Of ambiguous outcomes only those of reads and of Identity come here, where sending again does no harm (S-720). */
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
