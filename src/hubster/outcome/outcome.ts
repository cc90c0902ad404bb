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
}

/** A 2xx whose body is broken, of a wrong type, or oversized. */
export interface UnreadableResponse {
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

/** Nobody waits any more: the deadline has passed, or the caller has gone. */
export interface DeadlineSpent {
  readonly kind: 'deadline';
  readonly phase: Phase;
  readonly sent: boolean;
}

export type Failed = ErrorResponse | NoResponse | UnreadableResponse | ShortCircuited | DeadlineSpent;

export interface Succeeded<T = unknown> {
  readonly kind: 'ok';
  readonly status: number;
  /** The value that was read from the body. */
  readonly json: T;
}

/** The result of an attempt. Contains no text from Hubster's errors. */
export type Outcome<T = unknown> = Succeeded<T> | Failed;

export function retryAfterOf(outcome: Outcome): number | undefined {
  return 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined;
}

/** Whether a failed write may have taken effect (S-701 to S-705, S-712, S-714, S-719, and any other 5xx). */
export function isAmbiguous(outcome: Outcome, method: Method): boolean {
  if (method === 'GET' || outcome.kind === 'ok' || outcome.phase === 'token') return false;
  switch (outcome.kind) {
    case 'unavailable':
    case 'request-timeout':
    case 'server-error':
    case 'gateway':
    case 'reset':
    case 'no-response':
    case 'unreadable':
      return true;
    case 'unexpected-status':
      return outcome.status >= 500;
    case 'deadline':
      return outcome.sent;
    default:
      return false;
  }
}
