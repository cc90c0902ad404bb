import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheResult } from '../../cache/cache-read';
import type { ResponseBody } from '../../cache/entry';
import { Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import { isNotModified, precondition } from '../request/conditions';
import { contextOf } from '../request/request-state';
import { inOneBatch } from './batching';
import { type HeaderList, setHeaders } from './header-list';
import { overloaded, type UnsentResponses } from './unsent-responses';

/** Up to this size a text is sent faster than bytes, as one write includes the headers; beyond it, encoding takes longer. */
const SMALL_BYTES = 4096;

/** The response to a read, on the ordinary path and on the fast path. */
interface FinishedRead {
  readonly status: 200 | 304;
  readonly headers: HeaderList;
  readonly body?: ResponseBody;
}

/** Makes the response from a cache entry: its bytes, or 304 if the client has them already. */
export function finishedRead(request: IncomingHttpHeaders, cached: CacheResult): FinishedRead {
  const { etag, headers: own, body } = cached.response;
  const headers = cacheHeaders(cached);
  for (const [name, value] of Object.entries(own)) headers.push(name, value);
  headers.push('etag', etag);
  if (request['if-none-match'] !== undefined && isNotModified(request, etag)) return { status: 304, headers };
  headers.push('content-type', 'application/json; charset=utf-8');
  return { status: 200, headers, body };
}

/** Sends the response from the cache. Throws `not-found`, `precondition-failed`, or `overloaded` if too many responses are unread. */
export async function sendRead(
  request: FastifyRequest,
  reply: FastifyReply,
  unsent: UnsentResponses,
  response: Promise<CacheResult>,
): Promise<void> {
  const cached = await inOneBatch(response);
  request.state.cacheStatus = cached.cacheStatus;
  if (cached.response.status === 404) {
    setHeaders(reply, cacheHeaders(cached));
    throw absent(cached.response.body);
  }
  const { 'if-match': match } = request.headers;
  const isExpected = precondition({ 'if-match': match }).precondition?.([cached.response.etag]) ?? true;
  if (!isExpected) throw new Problem('precondition-failed');
  const { status, headers, body } = finishedRead(request.headers, cached);
  if (body && !unsent.allows(contextOf(request), body.length)) throw overloaded();
  setHeaders(reply, headers);
  void reply.status(status).send(body && body.length <= SMALL_BYTES ? body.toString() : body?.bytes);
}

/** Responses may differ by caller, so a cache in between has to revalidate each time. */
function cacheHeaders({ ageSeconds, cacheStatus }: CacheResult): string[] {
  return [
    'cache-control',
    'private, no-cache',
    'vary',
    'Authorization, X-API-Key, X-Tenant-Id',
    'age',
    String(ageSeconds),
    'cache-status',
    cacheStatus,
  ];
}

/** The problem of a cached 404; `body`: its violations, with Hubster's codes. */
function absent(body: ResponseBody): Problem {
  const errors: readonly Violation[] = JSON.parse(body.toString());
  return new Problem('not-found', { errors });
}
