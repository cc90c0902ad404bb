import type { Method } from '../outcome/outcome';

/** A request as it is sent. */
export interface HttpRequest {
  readonly method: Method;
  readonly origin: string;
  /** Includes the query. */
  readonly path: string;
  /** Names and values alternate. */
  readonly headers: readonly string[];
  readonly body?: string | undefined;
  /** Of the response body. */
  readonly maxBytes: number;
}

/**
 * A request as axios gets it. axios copies and normalises plain objects several times, which costs a seventh of a whole read (measured);
 * it passes an instance of a class unchanged.
 */
export class RawRequest {
  constructor(
    readonly request: HttpRequest,
    /** Ends the request. Not the signal option of axios, which would replace our error with its own. */
    readonly signal: AbortSignal,
  ) {}
}
