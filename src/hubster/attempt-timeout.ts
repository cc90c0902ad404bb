import type { Clock } from '../clock/clock';
import { type Call, type CallClass, deadlineSpent, isAbandoned } from './layer';
import type { Outcome } from './outcome';

/** How long one attempt may take, in milliseconds (design 5). */
const ATTEMPT_MS: Readonly<Record<CallClass, number>> = { read: 3000, look: 3000, token: 3000, write: 12_000 };

/** Ends an attempt when its own time, the call's deadline or the call itself is over, and says which it was. */
export async function withTimeout(
  clock: Clock,
  call: Call,
  attempt: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  if (isAbandoned(call)) return deadlineSpent(call, false);
  const cut = new AbortController();
  const signal = call.signal ? AbortSignal.any([cut.signal, call.signal]) : cut.signal;
  const limitMs = call.deadline.within(ATTEMPT_MS[call.class]).remaining;
  const cancel = clock.after(limitMs, () => cut.abort());
  try {
    const outcome = await attempt(signal);
    const isCut = signal.aborted && (outcome.kind === 'no-answer' || outcome.kind === 'never-sent');
    return isCut && isAbandoned(call) ? deadlineSpent(call, outcome.kind === 'no-answer') : outcome;
  } finally {
    cancel();
  }
}
