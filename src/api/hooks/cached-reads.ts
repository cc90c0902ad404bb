import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CacheResult } from '../../cache/cache-read';
import type { ResponseBody } from '../../cache/entries/response-body';
import { ResponseCache } from '../../cache/response-cache';
import { Config } from '../../config/config';
import { authoriseQuery, readKey } from '../../integrations/read-query';
import { Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import { cacheDirectives } from '../request/cache-directives';
import { isNotModified, precondition } from '../request/conditions';
import { contextOf } from '../request/request-state';
import { inOneBatch } from '../response/batching';
import { type HeaderList, setHeaders } from '../response/response-headers';
import { overloaded, UnsentResponses } from '../response/unsent-responses';

interface Hit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly cached: CacheResult;
}

/**
 * Sends responses that are finished in memory, after the checks of every request and without Nest's handler, which costs more than the
 * rest of a hit (docs/decisions/0008). All other requests go on to their handler.
 *
 * Hits of one tick are first all found and then all written: a busy process stays in the same code and its clients stay awake, which
 * halves the time of a write (measured).
 */
@Injectable()
export class CachedReads {
  readonly #isOn: boolean;
  #hits: Hit[] = [];

  constructor(
    private readonly cache: ResponseCache,
    private readonly unsent: UnsentResponses,
    { http }: Config,
  ) {
    // Only the handler sends the headers of CORS.
    this.#isOn = http.corsOrigins.length === 0;
  }

  /** Call it after all other hooks of requests. */
  install(fastify: FastifyInstance): void {
    if (!this.#isOn) return;
    fastify.addHook('onRequest', (request, reply, done) => {
      try {
        const cached = this.#find(request);
        if (!cached) return done();
        reply.hijack();
        if (this.#hits.push({ request, reply, cached }) === 1) setImmediate(() => this.#send());
      } catch (error) {
        done(error instanceof Error ? error : new Error('a hook has thrown', { cause: error }));
      }
    });
  }

  #find(request: FastifyRequest): CacheResult | undefined {
    const { declaration } = request.state;
    if (declaration?.access !== 'caller' || !declaration.readQuery || !isPlainGet(request)) return undefined;
    const query = declaration.readQuery(request);
    const context = contextOf(request);
    authoriseQuery(context.tenant, query);
    const cached = this.cache.peek(context.tenant, readKey(query), cacheDirectives(request.headers));
    const isSent = cached?.response.status === 200 && this.unsent.allows(context, cached.response.body.length);
    return isSent ? cached : undefined;
  }

  #send(): void {
    const hits = this.#hits;
    this.#hits = [];
    for (const hit of hits) this.#sendOne(hit);
  }

  #sendOne({ request, reply, cached }: Hit): void {
    const { state, headers: sent } = request;
    const { status, headers, body } = finishedRead(sent, cached);
    state.cacheStatus = cached.cacheStatus;
    this.cache.countPeeked();
    const head = [...headers, ...state.headers];
    if (body) head.push('content-length', String(body.length));
    const { raw } = reply;
    raw.writeHead(status, head);
    if (body) body.sendTo(raw);
    else raw.end();
    // Usually the kernel has accepted the whole body by now.
    if (body && raw.writableLength > 0) this.unsent.add(contextOf(request), raw, body.bytes);
  }
}

/** Whether the request has no body and no `If-Match`, which only the handler evaluates. */
function isPlainGet({ method, headers }: FastifyRequest): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return method === 'GET' && !hasBody && headers['if-match'] === undefined;
}

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
