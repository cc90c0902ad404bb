import { PROBLEM_KINDS, type ProblemCode } from './problem-registry';
import type { Violation } from './violation';

/** What one occurrence of a problem adds to its kind. Nothing in here may quote a value that came from outside. */
export interface ProblemDetails {
  /** Where the kind has several statuses: the one of this occurrence. */
  readonly status?: number;
  readonly detail?: string;
  readonly errors?: readonly Violation[];
  /** Seconds until a retry may succeed; answered as whole seconds, rounded up, at least 1. */
  readonly retryAfterSeconds?: number;
  /** Overrides the kind's word on whether a retry can help. */
  readonly retryable?: boolean;
  /** Whether the write may have taken effect all the same. */
  readonly outcome?: 'unknown';
  /** The verbs a path has, for `Allow`. */
  readonly allow?: readonly string[];
  /** The integration that may be the one an unknown create made (S-762). */
  readonly candidate?: string;
  /** What lies behind it: for the log, never for the caller. */
  readonly cause?: unknown;
}

/**
 * The one error that callers see; everything else thrown is an `internal-error`. It has no stack: most are refusals, which a
 * caller can cause at will, and the stack was a sixth of what one costs. What nobody expected is the `cause` and keeps its own.
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
