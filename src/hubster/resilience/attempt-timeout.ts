import type { Clock } from '../../clock/clock';
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

/** Aborts an attempt at its own time limit, at the call's deadline or with the call; the outcome shows which. */
export async function attemptTimeout<T>(
  clock: Clock,
  call: Call,
  attempt: (signal: AbortSignal) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  if (isAbandoned(call)) return deadlineSpent(call, false);
  const controller = new AbortController();
  const abort = () => controller.abort();
  const { remaining } = call.deadline;
  const limitMs = Math.min(remaining, Math.max(ATTEMPT_MS[call.class], shareOf(remaining, call.class)));
  const cancel = clock.after(limitMs, abort);
  call.signal?.addEventListener('abort', abort);
  try {
    const outcome = await attempt(controller.signal);
    const isAborted = controller.signal.aborted && (outcome.kind === 'no-response' || outcome.kind === 'never-sent');
    return isAborted && isAbandoned(call) ? deadlineSpent(call, outcome.kind === 'no-response') : outcome;
  } finally {
    cancel();
    call.signal?.removeEventListener('abort', abort);
  }
}

function shareOf(remainingMs: number, callClass: CallClass): number {
  if (callClass === 'read') return remainingMs * READ_SHARE;
  return callClass === 'write' ? remainingMs - AFTER_WRITE_MS : 0;
}
