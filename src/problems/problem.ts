import { PROBLEM_KINDS, type ProblemCode } from './problem-registry';
import type { Violation } from './violation';

/** What one occurrence adds to its kind of problem. Only `cause` may quote a value from outside. */
export interface ProblemDetails {
  /** Where the kind has several statuses. */
  readonly status?: number;
  readonly detail?: string;
  readonly errors?: readonly Violation[];
  /** Seconds until a retry may succeed; in the response a whole number, rounded up, at least 1. */
  readonly retryAfterSeconds?: number;
  /** Overrides that of the kind. */
  readonly retryable?: boolean;
  /** `unknown`: the write may have taken effect. */
  readonly outcome?: 'unknown';
  /** The methods of the path, for `Allow`. */
  readonly allow?: readonly string[];
  /** The id of an integration that an ambiguous create may have made (S-762). */
  readonly candidate?: string;
  /** For the log only. */
  readonly cause?: unknown;
}

/**
 * An error for the caller; any other error becomes an `internal-error`. It has no stack: callers can cause most problems at
 * will, and the stack was a sixth of the cost. An unexpected error is the `cause` and keeps its stack.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails = {},
  ) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(details.detail ?? PROBLEM_KINDS[code].title, { cause: details.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.status = details.status ?? PROBLEM_KINDS[code].status;
  }

  get retryable(): boolean {
    return this.details.retryable ?? PROBLEM_KINDS[this.code].retryable;
  }
}
