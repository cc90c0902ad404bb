import type { Received } from './received.ts';

/** A text, or a function that is called for each attempt, for credentials that change. */
export type Credential = string | (() => string | Promise<string>);

export interface StagedoorOptions {
  /** Where Stagedoor is, such as `https://stagedoor.example.com`; may have a path. */
  readonly baseUrl: string;
  /** An API key (`X-API-Key`). Give this or `token`. */
  readonly apiKey?: Credential | undefined;
  /** A bearer token (`Authorization`). */
  readonly token?: Credential | undefined;
  /** The tenant of all calls, for a caller with several; a call may name another. */
  readonly tenant?: string | undefined;
  /** Milliseconds for a whole call with its retries; 60000 without. */
  readonly timeoutMs?: number | undefined;
  /** Retries after the first attempt; 3 without. */
  readonly retries?: number | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Options of every call. */
export interface CallOptions {
  readonly tenant?: string | undefined;
  /** The person that the call is made for: recorded in the audit trail, decides nothing. */
  readonly onBehalfOf?: string | undefined;
  /** An id that log and audit trail of Stagedoor use for this call. */
  readonly requestId?: string | undefined;
  /** Ends the call; the promise rejects with the reason of the signal. A write that was sent may take effect nevertheless. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retries?: number | undefined;
}

export interface ReadOptions extends CallOptions {
  /** True: the response does not come from Stagedoor's cache. */
  readonly fresh?: boolean | undefined;
}

/** An `ETag`, or what was received with it. */
export type Version = string | Received<object>;

export interface CreateOptions extends CallOptions {
  /**
   * 16 to 255 characters; without it, one is made for each call and kept over its retries. Give one that you stored
   * before the call to send it again after a crash. False: no key, so an unknown outcome is not retried.
   */
  readonly idempotencyKey?: string | false | undefined;
}

export interface DeleteOptions extends CreateOptions {
  /** The write is rejected (`precondition-failed`) unless the integration is still this version. */
  readonly ifMatch?: Version | undefined;
}

export interface UpdateOptions extends DeleteOptions {
  /** True: a configuration that cannot be updated is dropped, and the other changes are applied. */
  readonly lenient?: boolean | undefined;
}
