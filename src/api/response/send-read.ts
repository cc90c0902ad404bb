import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheResult } from '../../cache/cache-read';
import type { ResponseBody } from '../../cache/entries/response-body';
import { Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import { isNotModified, precondition } from '../request/conditions';
import { contextOf } from '../request/request-state';
import { inOneBatch } from './batching';
import { type HeaderList, setHeaders } from './header-list';
import { overloaded, type UnsentResponses } from './unsent-responses';

/** Up to here a text is written faster than bytes, as it goes out in one piece with its head; beyond, encoding it costs more. */
const SMALL_BYTES = 4096;

/** An answer as it goes out, whoever writes it. */
interface FinishedRead {
  readonly status: 200 | 304;
  readonly headers: HeaderList;
  readonly body?: ResponseBody;
}

/** What a cached answer becomes for this request: finished bytes, or 304 where the caller has them. */
export function finishedRead(request: IncomingHttpHeaders, cached: CacheResult): FinishedRead {
  const { etag, headers: own, body } = cached.response;
  const headers = cacheHeaders(cached);
  for (const [name, value] of Object.entries(own)) headers.push(name, value);
  headers.push('etag', etag);
  if (request['if-none-match'] !== undefined && isNotModified(request, etag)) return { status: 304, headers };
  headers.push('content-type', 'application/json; charset=utf-8');
  return { status: 200, headers, body };
}

/** Sends the response of the cache; throws the problem of an absence, or `overloaded` where the caller reads too little of its responses. */
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

/** Answers may differ by who asks; a cache between us and the caller has to ask every time. */
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

/** The absence that the cache keeps as a fact: Hubster's codes. */
function absent(body: ResponseBody): Problem {
  const errors: readonly Violation[] = JSON.parse(body.toString());
  return new Problem('not-found', { errors });
}
