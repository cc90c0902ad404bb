import { PROBLEM_KINDS, type ProblemCode } from './problem-registry';
import type { Violation } from './violation';

/** Bounds a response by the size of the request: many errors may share one long pointer. */
const MAX_ERRORS = 100;
const MAX_POINTERS_LENGTH = 16 * 1024;

/** The details of one occurrence of a problem. Only `cause` may quote a value from outside. */
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

/** All violations of a request as one problem: `mask-in-value` when all of them are masks, else `validation-failed`. */
export function invalidRequest(errors: readonly Violation[], masks: ReadonlySet<Violation> = new Set()): Problem {
  const code = errors.length > 0 && errors.every((error) => masks.has(error)) ? 'mask-in-value' : 'validation-failed';
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  const listed = errors.slice(0, listedCount(errors));
  const detail = listed.length < errors.length ? `${count}, of which ${listed.length} are listed` : count;
  return new Problem(code, { errors: listed, detail });
}

function listedCount(errors: readonly Violation[]): number {
  let length = 0;
  const end = errors.slice(0, MAX_ERRORS).findIndex(({ pointer = '' }, index) => {
    length += pointer.length;
    return index > 0 && length > MAX_POINTERS_LENGTH;
  });
  return end === -1 ? MAX_ERRORS : end;
}
