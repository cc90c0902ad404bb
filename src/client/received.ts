/** The response that brought a value. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Headers;
  /** For support: log and audit trail of Stagedoor have it. */
  readonly requestId: string | undefined;
  /** The version of an integration, for `ifMatch`. */
  readonly etag: string | undefined;
  /** Whether a page follows this one. */
  readonly hasNext: boolean;
  /** Whether it is the stored response of an earlier request with the same idempotency key. */
  readonly isReplay: boolean;
}

/** A value with its response. `lastResponse` is not enumerable, so a copy or a request body does not have it. */
export type Received<T> = T & { readonly lastResponse: ReceivedResponse };

export function receivedWith<T extends object>(value: T, response: Response): Received<T> {
  return Object.defineProperty(value, 'lastResponse', { value: readResponse(response) }) as Received<T>;
}

function readResponse({ status, headers }: Response): ReceivedResponse {
  return {
    status,
    headers,
    requestId: headers.get('x-request-id') ?? undefined,
    etag: headers.get('etag') ?? undefined,
    hasNext: /;\s*rel="?next\b/.test(headers.get('link') ?? ''),
    isReplay: headers.get('idempotency-replayed') === 'true',
  };
}
