import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CacheResult } from '../../cache/cache-read';
import type { ResponseBody } from '../../cache/entry';
import { ResponseCache } from '../../cache/response-cache';
import { Config } from '../../config/config';
import type { RequestContext } from '../../context/request-context';
import { authoriseQuery, cachedAs } from '../../integrations/hub-rules';
import { Problem } from '../../problems/problem';
import type { Violation } from '../../problems/violation';
import { cacheDirectives, isNotModified, precondition } from '../request/caching-headers';
import { CurrentTenants, contextOf, errorOf } from '../request/request-state';
import { setHeaders } from '../response/response-headers';
import { overloaded, UnsentResponses } from '../response/unsent-responses';

interface Hit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly cached: CacheResult;
}

/** Up to this size a text is sent faster than bytes, as one write includes the headers; beyond it, encoding takes longer. */
const SMALL_BYTES = 4096;

/** Reads whose response is not ready yet. */
let awaited = 0;
let endOfTick: Promise<void> | undefined;

/**
 * Sends responses from the cache. A hook serves those that are finished in memory, after the checks of every request and without Nest's
 * handler, which costs more than the rest of a hit (docs/decisions/0023); the handlers of the routes serve all others.
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
    private readonly tenants: CurrentTenants,
    private readonly unsent: UnsentResponses,
    { http }: Config,
  ) {
    // `Vary` then has a further member, which only the handlers send.
    this.#isOn = http.corsOrigins.length === 0;
  }

  /** Call it after installing the request hook. */
  install(fastify: FastifyInstance): void {
    if (!this.#isOn) return;
    fastify.addHook('onRequest', (request, reply, done) => {
      try {
        const cached = this.find(request);
        if (!cached) return done();
        reply.hijack();
        if (this.#hits.push({ request, reply, cached }) === 1) setImmediate(() => this.#sendHits());
      } catch (error) {
        done(errorOf(error));
      }
    });
  }

  /** The response to a plain GET that is finished in memory. Throws a `Problem` for a query that its handler would reject. */
  find(request: FastifyRequest): CacheResult | undefined {
    const { context, declaration } = request.state;
    if (!context || declaration?.access !== 'caller' || !declaration.readQuery || !isPlainGet(request.raw))
      return undefined;
    const query = declaration.readQuery(request);
    authoriseQuery(context.tenant, query);
    const cached = this.cache.peek(
      context.tenant,
      cachedAs(context.tenant, query),
      cacheDirectives(request.raw.headers),
    );
    const isSent = cached?.response.status === 200 && this.unsent.allows(context, cached.response.body.length);
    return isSent ? cached : undefined;
  }

  /** Sends the result of `read`. Throws `not-found`, `precondition-failed`, or `overloaded` if too many responses are unread. */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    read: (context: RequestContext) => Promise<CacheResult>,
  ): Promise<void> {
    const cached = await inOneBatch(this.tenants.read(request, read));
    const { etag, status, body } = cached.response;
    request.state.cacheStatus = cached.cacheStatus;
    if (status === 404) {
      setHeaders(reply, cacheHeaders(cached));
      throw notFound(body);
    }
    const { 'if-match': match } = request.headers;
    if (precondition({ 'if-match': match }).precondition?.([etag]) === false) throw new Problem('precondition-failed');
    const isKnown = isNotModified(request.headers, etag);
    if (!isKnown && !this.unsent.allows(contextOf(request), body.length)) throw overloaded();
    setHeaders(reply, headersOf(cached, isKnown));
    const content = body.length <= SMALL_BYTES ? body.toString() : body.bytes;
    void reply.status(isKnown ? 304 : 200).send(isKnown ? undefined : content);
  }

  #sendHits(): void {
    const hits = this.#hits;
    this.#hits = [];
    for (const hit of hits) this.#sendHit(hit);
  }

  #sendHit({ request, reply: { raw }, cached }: Hit): void {
    const { body, etag } = cached.response;
    const { state } = request;
    state.cacheStatus = cached.cacheStatus;
    this.cache.countPeeked(state.span);
    const isKnown = isNotModified(request.headers, etag);
    const headers = headersOf(cached, isKnown);
    headers.push(...state.headers);
    if (isKnown) return void raw.writeHead(304, headers).end();
    headers.push('content-length', String(body.length));
    raw.writeHead(200, headers);
    body.sendTo(raw);
    // Usually the kernel has accepted the whole body by now.
    if (raw.writableLength > 0) this.unsent.add(contextOf(request), raw, body.bytes);
  }
}

/** Whether the request has no body and no `If-Match`, which only the handler evaluates. */
function isPlainGet({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return method === 'GET' && !hasBody && headers['if-match'] === undefined;
}

/** The headers of a 304 (`isKnown`) or a 200. */
function headersOf(cached: CacheResult, isKnown: boolean): string[] {
  const { etag, headers: own } = cached.response;
  const headers = cacheHeaders(cached);
  for (const [name, value] of Object.entries(own)) headers.push(name, value);
  headers.push('etag', etag);
  if (!isKnown) headers.push('content-type', 'application/json; charset=utf-8');
  return headers;
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
function notFound(body: ResponseBody): Problem {
  const errors: readonly Violation[] = JSON.parse(body.toString());
  return new Problem('not-found', { errors });
}

/**
 * Delays responses that become ready in one tick to its end, where they are sent one after the other. This saves a busy process a
 * sixteenth of the time of a miss (measured): it stays in the same code and wakes its clients once. A response is not delayed while
 * no other read is awaited.
 */
export async function inOneBatch<T>(response: Promise<T>): Promise<T> {
  awaited += 1;
  try {
    return await response;
  } finally {
    awaited -= 1;
    if (awaited > 0 || endOfTick !== undefined) await endOfThisTick();
  }
}

function endOfThisTick(): Promise<void> {
  endOfTick ??= new Promise((resolve) => {
    setImmediate(() => {
      endOfTick = undefined;
      resolve();
    });
  });
  return endOfTick;
}
