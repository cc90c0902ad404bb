import { Problem } from '../../problems/problem';
import { type Failed, isAmbiguous } from './outcome';
import { outcomeProblem } from './outcome-problem';

/** Hubster did not do what it was asked for, or not so that we know. Holds no header, URL, body or text of Hubster's (N1). */
export class HubsterError extends Error {
  override readonly name = 'HubsterError';

  constructor(
    readonly outcome: Failed,
    /** Whether the caller's own portal token was used (passthrough). */
    readonly isPassthroughToken = false,
  ) {
    super(`Hubster: ${outcome.kind}`);
  }

  /** A 2xx with JSON that is not what was asked for. */
  static unreadableResponse(): HubsterError {
    return new HubsterError({ kind: 'unreadable', phase: 'portal' });
  }

  get isNotFound(): boolean {
    return this.outcome.kind === 'not-found';
  }

  /** What Hubster may answer to a verb that it does not have: 404, 405 or 501 (S-320). */
  get mayMeanUnsupported(): boolean {
    const { outcome } = this;
    return outcome.kind !== 'short-circuited' && 'status' in outcome && [404, 405, 501].includes(outcome.status);
  }

  /** Of a write: whether it may have taken effect all the same, so that only a look can tell. */
  get isAmbiguousWrite(): boolean {
    return isAmbiguous(this.outcome, 'POST');
  }

  /** Hubster understood and said no; a conflict is one too (PRT000700, 701, 106). */
  get isRefusal(): boolean {
    return ['rejected', 'refused', 'forbidden', 'not-found'].includes(this.outcome.kind);
  }
}

interface ProblemOptions {
  /** Whether a write is what failed: ambiguous outcomes are then unknown, not failures. */
  readonly write: boolean;
  /** Whether the caller may send the same request again without harm. */
  readonly hasIdempotencyKey?: boolean;
}

/** What a caller is told of whatever was thrown. Problems stay as they are; what nobody foresaw is our fault. */
export function toProblem(error: unknown, { write, hasIdempotencyKey = false }: ProblemOptions): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof HubsterError)) return new Problem('internal-error', { cause: error });
  const { outcome, isPassthroughToken } = error;
  return outcomeProblem(outcome, { write, hasIdempotencyKey, isPassthroughToken, cause: error });
}

/**
 * Whether a read that failed so may be answered with what the cache still holds: Hubster is away or busy. Where it
 * said no (401, 403, 404, 410, …) or something unusable, an old answer would be an untrue one. Who waits for the call of
 * another, or longer than it may, is told so by a `Problem`.
 */
export function mayServeStale(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'upstream-timeout';
  if (!(error instanceof HubsterError)) return false;
  const { outcome } = error;
  switch (outcome.kind) {
    case 'rate-limited':
    case 'unavailable':
    case 'request-timeout':
    case 'server-error':
    case 'gateway':
    case 'never-sent':
    case 'reset':
    case 'no-response':
    case 'short-circuited':
    case 'deadline':
      return true;
    case 'unexpected-status':
      return outcome.status >= 500;
    default:
      return false;
  }
}
