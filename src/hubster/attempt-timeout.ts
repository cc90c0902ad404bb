import { type Cancellation, CancellationSource } from '../clock/cancellation';
import type { Clock } from '../clock/clock';
import { type Call, type CallClass, deadlineSpent, isAbandoned } from './layer';
import type { Outcome } from './outcome';

/** How long one attempt may take, in milliseconds. */
const ATTEMPT_MS: Readonly<Record<CallClass, number>> = {
  read: 3000,
  look: 3000,
  token: 3000,
  probe: 3000,
  write: 12_000,
};

/** Ends an attempt when its own time, the call's deadline or the call itself is over, and says which it was. */
export async function withTimeout(
  clock: Clock,
  call: Call,
  attempt: (signal: Cancellation) => Promise<Outcome>,
): Promise<Outcome> {
  if (isAbandoned(call)) return deadlineSpent(call, false);
  const cut = new CancellationSource();
  const giveUp = () => cut.abort();
  const limitMs = call.deadline.within(ATTEMPT_MS[call.class]).remaining;
  const cancel = clock.after(limitMs, giveUp);
  call.signal?.addEventListener('abort', giveUp);
  try {
    const outcome = await attempt(cut);
    const isCut = cut.aborted && (outcome.kind === 'no-answer' || outcome.kind === 'never-sent');
    return isCut && isAbandoned(call) ? deadlineSpent(call, outcome.kind === 'no-answer') : outcome;
  } finally {
    cancel();
    call.signal?.removeEventListener('abort', giveUp);
  }
}
