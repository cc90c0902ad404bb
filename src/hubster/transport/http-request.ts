import type { Cancellation } from '../../clock/cancellation';
import type { Method } from '../outcome/outcome';

/** A request as it goes over the wire. */
export interface HttpRequest {
  readonly method: Method;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: string | undefined;
  /** Of the answer. */
  readonly maxBytes: number;
}

/**
 * A request on its way through axios, which copies and normalises what it finds in plain objects, several times over and for a
 * seventh of what a whole read costs (measured), and hands on an object of a class as it is.
 */
export class RawRequest {
  constructor(
    readonly request: HttpRequest,
    /** Ends it. Not the signal of axios, which would replace what an abort means here by an error of its own. */
    readonly signal: Cancellation,
  ) {}
}
