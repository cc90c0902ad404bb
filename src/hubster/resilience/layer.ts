import type { Cancellation } from '../../clock/cancellation';
import type { Deadline } from '../../context/deadline';
import type { Tenant } from '../../context/tenant';
import type { DeadlineSpent, Outcome, Phase } from '../outcome/outcome';

/**
 * What a call is, as far as limits go. A look settles what a write left open, and has a bulkhead of its own; a probe finds out
 * whether a stranger's portal token is good.
 */
export type CallClass = 'read' | 'write' | 'reconcile' | 'token' | 'probe';

/** What the layers of the policy know of a call. */
export interface Call {
  readonly tenant: Tenant;
  readonly class: CallClass;
  readonly deadline: Deadline;
  /** Aborted when nobody waits any more. */
  readonly signal?: Cancellation | undefined;
}

/** What a layer runs: the layers further in, and the attempt itself at the end. Never rejects. */
export type Next<T = unknown> = () => Promise<Outcome<T>>;

export function phaseOf(call: Call): Phase {
  return call.class === 'token' ? 'token' : 'portal';
}

export function isAbandoned(call: Call): boolean {
  return call.deadline.isOver || call.signal?.aborted === true;
}

export function deadlineSpent(call: Call, sent: boolean): DeadlineSpent {
  return { kind: 'deadline', phase: phaseOf(call), sent };
}
