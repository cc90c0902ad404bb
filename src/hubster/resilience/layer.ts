import type { Cancellation } from '../../clock/cancellation';
import type { Deadline } from '../../context/request-context';
import type { Tenant } from '../../context/tenant';
import type { DeadlineSpent, Outcome, Phase } from '../outcome/outcome';

/**
 * The class of a call, for its limits. `reconcile` is a probe after an ambiguous write; `probe` checks whether Hubster accepts a new
 * portal token.
 */
export type CallClass = 'read' | 'write' | 'reconcile' | 'token' | 'probe';

/** A call as the layers of the policy see it. */
export interface Call {
  readonly tenant: Tenant;
  readonly class: CallClass;
  readonly deadline: Deadline;
  /** Aborted when nobody waits any more. */
  readonly signal?: Cancellation | undefined;
}

/** The function that a layer runs: the next inner layer, or the attempt itself. Never rejects. */
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
