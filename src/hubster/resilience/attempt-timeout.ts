import { type Cancellation, CancellationSource } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { Outcome } from '../outcome/outcome';
import { type Call, type CallClass, deadlineSpent, isAbandoned } from './layer';

/** How long one attempt may take at least, in milliseconds. */
const ATTEMPT_MS: Readonly<Record<CallClass, number>> = {
  read: 3000,
  reconcile: 3000,
  token: 3000,
  probe: 3000,
  write: 12_000,
};
/** Of what is left of a read: a deadline longer than usual is for a Hubster slower than usual, and still leaves time to try again. */
const READ_SHARE = 0.3;
/** What an attempt to write leaves of a longer deadline, to find out what came of it. */
const AFTER_WRITE_MS = 3000;

/** Ends an attempt when its own time, the call's deadline or the call itself is over, and says which it was. */
export async function attemptTimeout<T>(
  clock: Clock,
  call: Call,
  attempt: (signal: Cancellation) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  if (isAbandoned(call)) return deadlineSpent(call, false);
  const cut = new CancellationSource();
  const giveUp = () => cut.abort();
  const { remaining } = call.deadline;
  const limitMs = Math.min(remaining, Math.max(ATTEMPT_MS[call.class], shareOf(remaining, call.class)));
  const cancel = clock.after(limitMs, giveUp);
  call.signal?.addEventListener('abort', giveUp);
  try {
    const outcome = await attempt(cut);
    const isCut = cut.aborted && (outcome.kind === 'no-response' || outcome.kind === 'never-sent');
    return isCut && isAbandoned(call) ? deadlineSpent(call, outcome.kind === 'no-response') : outcome;
  } finally {
    cancel();
    call.signal?.removeEventListener('abort', giveUp);
  }
}

function shareOf(remainingMs: number, callClass: CallClass): number {
  if (callClass === 'read') return remainingMs * READ_SHARE;
  return callClass === 'write' ? remainingMs - AFTER_WRITE_MS : 0;
}
