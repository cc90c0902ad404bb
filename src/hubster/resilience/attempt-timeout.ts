import type { Outcome } from '../outcome/outcome';
import { type Call, type CallClass, deadlineSpent, isAbandoned } from './layer';

/** The least time limit of an attempt, in milliseconds. */
const ATTEMPT_MS: Readonly<Record<CallClass, number>> = {
  read: 3000,
  reconcile: 3000,
  token: 3000,
  probe: 3000,
  write: 12_000,
};
/** The share of a read's remaining time for one attempt: a long deadline allows slow attempts and still leaves time for a retry. */
const READ_SHARE = 0.3;
/** The time of a longer deadline that an attempt of a write leaves, to reconcile the write. */
const AFTER_WRITE_MS = 3000;

/** Gives an attempt its time limit, which ends with the deadline of the call at the latest. */
export async function attemptTimeout<T>(
  call: Call,
  attempt: (timeoutMs: number) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  if (isAbandoned(call)) return deadlineSpent(call, false);
  const { remaining } = call.deadline;
  const outcome = await attempt(Math.min(remaining, Math.max(ATTEMPT_MS[call.class], shareOf(remaining, call.class))));
  const hasNoResponse = outcome.kind === 'no-response' || outcome.kind === 'never-sent';
  return hasNoResponse && isAbandoned(call) ? deadlineSpent(call, outcome.kind === 'no-response') : outcome;
}

function shareOf(remainingMs: number, callClass: CallClass): number {
  if (callClass === 'read') return remainingMs * READ_SHARE;
  return callClass === 'write' ? remainingMs - AFTER_WRITE_MS : 0;
}
