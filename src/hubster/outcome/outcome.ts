import type { Deadline } from '../../context/request-context';
import type { Tenant } from '../../context/tenant';
import type { TransportCause } from '../../observability/transport-cause';
import type { ProblemCode } from '../../problems/problem-registry';

/** The service of Hubster that an outcome is about: Identity issues tokens, the portal has the integrations. */
export type Phase = 'token' | 'portal';

export type Method = 'GET' | 'POST' | 'DELETE';

/** One entry of Hubster's error body: the number of its PRT code, and the property its description quotes (S-008). */
export interface UpstreamError {
  readonly code: number;
  /** Letters only, but untrusted: shown only if it is a declared name. */
  readonly property?: string;
}

/** A status other than 2xx. */
export interface ErrorResponse {
  readonly kind:
    | 'rate-limited'
    | 'unavailable'
    | 'request-timeout'
    | 'server-error'
    | 'gateway'
    | 'unauthorized'
    | 'forbidden'
    | 'not-found'
    | 'rejected'
    | 'refused'
    | 'redirect'
    | 'client-refused'
    | 'unexpected-status';
  readonly phase: Phase;
  readonly status: number;
  readonly errors: readonly UpstreamError[];
  /** `Retry-After` in milliseconds, from the response on. */
  readonly retryAfterMs?: number;
}

/** No response: never sent (refused, DNS, TLS, connect timeout), or sent and then lost (`reset`) or too late (`no-response`). */
export interface NoResponse {
  readonly kind: 'never-sent' | 'reset' | 'no-response';
  readonly phase: Phase;
  /** Undefined if we ended the attempt ourselves, as it took too long. */
  readonly cause?: TransportCause;
}

/** A 2xx whose body is broken, of a wrong type, or oversized. */
interface UnreadableResponse {
  readonly kind: 'unreadable';
  readonly phase: Phase;
}

/** Not sent, because of breaker, bulkhead or `Retry-After` (S-718). */
export interface ShortCircuited {
  readonly kind: 'short-circuited';
  readonly phase: Phase;
  readonly by: 'breaker' | 'bulkhead' | 'retry-after';
  /** 429 while the `Retry-After` of a 429 runs, else 503. */
  readonly status: 429 | 503;
  readonly retryAfterMs: number;
}

/** The deadline has passed, or the caller has disconnected. */
interface DeadlineSpent {
  readonly kind: 'deadline';
  readonly phase: Phase;
  readonly sent: boolean;
}

/** Hubster accepted the token, understood the request and rejected it; conflicts are included (PRT000700, 701, 106). */
export type Rejection = ErrorResponse & { readonly kind: 'forbidden' | 'not-found' | 'rejected' | 'refused' };

export type Failed = ErrorResponse | NoResponse | UnreadableResponse | ShortCircuited | DeadlineSpent;

export interface Succeeded<T = unknown> {
  readonly kind: 'ok';
  readonly status: number;
  /** The value that was read from the body. */
  readonly json: T;
}

/** The result of an attempt. Contains no text from Hubster's errors. */
export type Outcome<T = unknown> = Succeeded<T> | Failed;

interface OutcomeRules {
  /** Whether a write may have taken effect (S-701 to S-705, S-712, S-714, S-719, and any other 5xx). */
  readonly ambiguous: boolean;
  /** Attempts of a call in all, if it can be sent again without harm. */
  readonly attempts: 1 | 2 | 3;
  /** Whether Hubster works, for the breaker; `none` if nothing was sent or nobody waited. A 429 or other 4xx is `ok`. */
  readonly breaker: 'ok' | 'failure' | 'none';
  /**
   * Whether a stale entry may be served for a read: only if Hubster is unreachable or busy. After a rejection (401, 403, 404, 410, …) or an
   * unreadable response it would be wrong.
   */
  readonly staleOk: boolean;
  /** Of a call whose outcome is clear; `outcomeProblem` has the exceptions. */
  readonly problem: ProblemCode;
}

/** The consequences of each outcome: S-700 to S-720. */
const OUTCOMES: Readonly<Record<Failed['kind'], OutcomeRules>> = {
  'rate-limited': { ambiguous: false, attempts: 3, breaker: 'ok', staleOk: true, problem: 'upstream-rate-limited' },
  unavailable: { ambiguous: true, attempts: 3, breaker: 'failure', staleOk: true, problem: 'upstream-unavailable' },
  'request-timeout': { ambiguous: true, attempts: 3, breaker: 'failure', staleOk: true, problem: 'upstream-timeout' },
  'server-error': { ambiguous: true, attempts: 2, breaker: 'failure', staleOk: true, problem: 'upstream-error' },
  gateway: { ambiguous: true, attempts: 3, breaker: 'failure', staleOk: true, problem: 'upstream-error' },
  unauthorized: { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-auth-failed' },
  forbidden: { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-forbidden' },
  'not-found': { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'not-found' },
  rejected: { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'validation-failed' },
  refused: { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-refused' },
  redirect: { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-error' },
  'client-refused': { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-auth-failed' },
  'unexpected-status': { ambiguous: false, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-error' },
  'never-sent': { ambiguous: false, attempts: 3, breaker: 'failure', staleOk: true, problem: 'upstream-error' },
  reset: { ambiguous: true, attempts: 3, breaker: 'failure', staleOk: true, problem: 'upstream-error' },
  'no-response': { ambiguous: true, attempts: 3, breaker: 'failure', staleOk: true, problem: 'upstream-timeout' },
  unreadable: { ambiguous: true, attempts: 1, breaker: 'ok', staleOk: false, problem: 'upstream-invalid' },
  'short-circuited': { ambiguous: false, attempts: 1, breaker: 'none', staleOk: true, problem: 'upstream-unavailable' },
  deadline: { ambiguous: true, attempts: 1, breaker: 'none', staleOk: true, problem: 'upstream-timeout' },
};

/** `unexpected-status` with a 5xx. */
const UNEXPECTED_5XX: OutcomeRules = { ...OUTCOMES.gateway, attempts: 1 };

export function rulesOf(outcome: Failed): OutcomeRules {
  if (outcome.kind === 'unexpected-status' && outcome.status >= 500) return UNEXPECTED_5XX;
  return OUTCOMES[outcome.kind];
}

/** Whether a failed write may have taken effect. */
export function isAmbiguous(outcome: Outcome, method: Method): boolean {
  if (method === 'GET' || outcome.kind === 'ok' || outcome.phase === 'token') return false;
  return outcome.kind === 'deadline' ? outcome.sent : rulesOf(outcome).ambiguous;
}

export function isRejection(outcome: Failed): outcome is Rejection {
  return ['forbidden', 'not-found', 'rejected', 'refused'].includes(outcome.kind);
}

export function retryAfterOf(outcome: Outcome): number | undefined {
  return 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined;
}

/** Why a call failed, in words of closed sets, for the log: `unavailable`, `breaker`, `never-sent: refused`. */
export function failureOf(outcome: Failed): string {
  if (outcome.kind === 'short-circuited') return outcome.by;
  return 'cause' in outcome && outcome.cause ? `${outcome.kind}: ${outcome.cause}` : outcome.kind;
}

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
  readonly signal?: AbortSignal | undefined;
  /** Of the request that it is made for, for the log; a token is fetched for several. */
  readonly requestId?: string | undefined;
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
