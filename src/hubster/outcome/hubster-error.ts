import { Problem } from '../../problems/problem';
import { type Failed, isAmbiguous, isRejection, rulesOf } from './outcome';
import { outcomeProblem } from './outcome-problem';

/** A call to Hubster failed or has an unknown outcome. Contains no header, URL, body or text from Hubster (N1). */
export class HubsterError extends Error {
  override readonly name = 'HubsterError';

  constructor(
    readonly outcome: Failed,
    /** Whether the caller's own portal token was used (passthrough). */
    readonly isPassthroughToken = false,
  ) {
    super(`Hubster: ${outcome.kind}`);
  }

  /** For a 2xx whose JSON is not the requested resource. */
  static unreadableResponse(): HubsterError {
    return new HubsterError({ kind: 'unreadable', phase: 'portal' });
  }

  get isNotFound(): boolean {
    return this.outcome.kind === 'not-found';
  }

  /** Whether the status is one that Hubster may send for a method it does not support: 404, 405 or 501 (S-320). */
  get mayMeanUnsupported(): boolean {
    const { outcome } = this;
    return outcome.kind !== 'short-circuited' && 'status' in outcome && [404, 405, 501].includes(outcome.status);
  }

  /** Whether a write with this outcome may have taken effect, so that only a probe can find out. */
  get isAmbiguousWrite(): boolean {
    return isAmbiguous(this.outcome, 'POST');
  }

  /** Whether Hubster accepted the token, understood the request and rejected it. */
  get isRejection(): boolean {
    return isRejection(this.outcome);
  }
}

interface ProblemOptions {
  /** Whether a write failed: its ambiguous outcomes are unknown, not failures. */
  readonly write: boolean;
  /** Whether the call gives an integration a name and a channel: only then can either be taken. */
  readonly mayConflict?: boolean;
  /** Whether the caller may send the same request again without harm. */
  readonly hasIdempotencyKey?: boolean;
}

/** The problem that a caller receives for an error. Problems are returned unchanged; an unexpected error is an internal one. */
export function toProblem(
  error: unknown,
  { write, mayConflict = false, hasIdempotencyKey = false }: ProblemOptions,
): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof HubsterError)) return new Problem('internal-error', { cause: error });
  const { outcome, isPassthroughToken } = error;
  return outcomeProblem(outcome, { write, mayConflict, hasIdempotencyKey, isPassthroughToken, cause: error });
}

/**
 * Whether a stale entry may be served for a read that failed so. A `Problem` comes from a wait that ended: past the deadline, or for the
 * call of another request.
 */
export function mayServeStale(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'upstream-timeout';
  return error instanceof HubsterError && rulesOf(error.outcome).staleOk;
}

/** Whether the call was not sent, as too many others waited for a slot of the bulkhead: it may be admitted soon. */
export function isOverload(error: unknown): boolean {
  if (!(error instanceof HubsterError)) return false;
  const { outcome } = error;
  return outcome.kind === 'short-circuited' && outcome.by === 'bulkhead';
}
