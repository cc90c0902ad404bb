import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request whose body has been read. */
export interface SandboxRequest {
  readonly method: string;
  /** As received, percent-encoding included, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Never throws: a target that is not a valid URL becomes a path that matches no route. */
export function readRequest(request: IncomingMessage, body: string): SandboxRequest {
  const [path = '', ...query] = (request.url ?? '').split('?');
  return {
    method: request.method ?? '',
    path,
    query: new URLSearchParams(query.join('?')),
    headers: request.headers,
    body,
  };
}

/** Whether the request declares this media type; parameters such as `charset` are ignored. */
export function hasMediaType({ headers }: Pick<SandboxRequest, 'headers'>, mediaType: string): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === mediaType;
}
