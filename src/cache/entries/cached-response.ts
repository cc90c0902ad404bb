import type { ResponseBody } from './response-body';

/** A complete, masked response, so that a hit is one look-up and one write of bytes. */
export interface CachedResponse {
  /** For a 404, `body` holds the data from which the problem of each request is rendered. */
  readonly status: 200 | 404;
  readonly body: ResponseBody;
  /** Strong, quotes included (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Headers that belong to the body; currently only `link`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A response as it is loaded, before it gets an entity tag. */
export interface LoadedResponse extends Omit<CachedResponse, 'body' | 'etag'> {
  readonly body: Buffer;
}
