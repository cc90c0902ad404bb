import type { Schemas } from './api-types.ts';

export type ProblemBody = Schemas['Problem'];
export type Code = ProblemBody['code'];

/** Every failure of a call, except an abort by the caller's signal. No message contains a key, a header or a body. */
export abstract class StagedoorError extends Error {
  /** The key of a write that failed: send the same write with it, and at most one takes effect. */
  idempotencyKey: string | undefined;
}

/** Stagedoor's response is a problem (RFC 9457). `isProblem(error, 'name-taken')` narrows it by its code. */
export class ProblemError<C extends Code = Code> extends StagedoorError {
  override readonly name = 'ProblemError';
  readonly code: C;
  readonly status: number;
  readonly detail: string | undefined;
  readonly requestId: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** `unknown`: the write may have taken effect. */
  readonly outcome: 'unknown' | undefined;
  /** The id of an integration that a create with an unknown outcome may have made. */
  readonly candidate: string | undefined;
  /** What is wrong with the request, and where. */
  readonly errors: readonly Schemas['Violation'][];
  /** The time to wait, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: ProblemBody & { readonly code: C }, retryAfterMs?: number) {
    const { code, title, detail, requestId } = problem;
    super(`${detail === undefined ? title : `${title}: ${detail}`} (${code}, request ${requestId})`);
    this.code = code;
    this.status = problem.status;
    this.detail = detail;
    this.requestId = requestId;
    this.retryable = problem.retryable;
    this.outcome = problem.outcome;
    this.candidate = problem.candidate;
    this.errors = problem.errors ?? [];
    this.retryAfterMs = retryAfterMs;
  }
}

/** A response that is not Stagedoor's, such as the error page of a proxy. */
export class UnexpectedResponseError extends StagedoorError {
  override readonly name = 'UnexpectedResponseError';

  constructor(
    readonly status: number,
    readonly retryAfterMs?: number,
  ) {
    super(`A response of Stagedoor was expected; something else responded with status ${status}.`);
  }
}

/** No response: not reached, or disconnected. A write may have taken effect. */
export class NoResponseError extends StagedoorError {
  override readonly name = 'NoResponseError';

  constructor(cause: unknown) {
    super('Stagedoor did not respond.', { cause });
  }
}

/** The time of the call is over. A write may have taken effect. */
export class CallTimeoutError extends StagedoorError {
  override readonly name = 'CallTimeoutError';

  constructor(readonly timeoutMs: number) {
    super(`The call took longer than ${timeoutMs} ms.`);
  }
}

/** Whether an error is a problem, with one of these codes if any are given. */
export function isProblem<C extends Code = Code>(error: unknown, ...codes: readonly C[]): error is ProblemError<C> {
  return error instanceof ProblemError && (codes.length === 0 || codes.some((code) => code === error.code));
}
