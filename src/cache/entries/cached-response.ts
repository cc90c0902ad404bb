import type { ResponseBody } from './response-body';

/** What is kept: an answer finished and masked, so that a hit is a look-up and a write of bytes. */
export interface CachedResponse {
  /** 404 is kept as the fact: `body` then holds what the problem of each request is rendered from. */
  readonly status: 200 | 404;
  readonly body: ResponseBody;
  /** Strong, quotes included (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Headers that belong to the body; today `link` only. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a load brings: an answer that has no tag yet. */
export interface LoadedResponse extends Omit<CachedResponse, 'body' | 'etag'> {
  readonly body: Buffer;
}
