import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Access, type AuthContext } from '../../access/access';
import { Limits } from '../../access/limits/limits';
import type { CacheResult } from '../../cache/cache-read';
import { ResponseCache } from '../../cache/response-cache';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { authoriseQuery } from '../../integrations/read-query';
import { Lifecycle } from '../operations/lifecycle';
import { cacheDirectives } from '../request/cache-directives';
import { isOwnId, requestIdOf, timeoutOf, traceIdOf } from '../request/headers';
import type { HeaderList } from '../response/header-list';
import { DATA_HEADERS } from '../response/security-headers';
import { finishedRead } from '../response/send-read';
import { UnsentResponses } from '../response/unsent-responses';
import { AccessLog, type CompletedRequest } from './access-log';
import { CachedReadUrls } from './cached-read';
import { RequestHook } from './request.hook';

/** A hit that is sure, and whose caller may have it. */
interface Hit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly arrivedAt: number;
  readonly route: string;
  readonly authContext: AuthContext;
  readonly cached: CacheResult;
  readonly limitHeaders: HeaderList;
}

const UNLIMITED: HeaderList = [];

/**
 * The cachedReads for cache hits, in front of Fastify (docs/decisions/0008): what lies finished in memory is written without passing
 * through what it does not need. It only ever says yes: a miss, a refusal, a limit that is reached and whatever is
 * spelt unusually go on to the ordinary path untouched and uncounted, so that each of them exists once.
 *
 * Hits that come in one turn of the event loop are first all found, then all written, then all counted and logged: a busy
 * process stays in the same code and keeps its callers awake, which halves the price of a write (measured).
 */
@Injectable()
export class CachedReads {
  readonly #isOpen: boolean;
  readonly #reads = new CachedReadUrls();
  #found: Hit[] = [];

  constructor(
    private readonly access: Access,
    private readonly limits: Limits,
    private readonly cache: ResponseCache,
    private readonly requestHook: RequestHook,
    private readonly accessLog: AccessLog,
    private readonly lifecycle: Lifecycle,
    private readonly unsent: UnsentResponses,
    private readonly clock: Clock,
    { audit, http }: Config,
  ) {
    // A read that has to be recorded, or to carry the headers of CORS, needs what stands on the ordinary path.
    this.#isOpen = audit.level !== 'all' && http.corsOrigins.length === 0;
  }

  /** Answers at the end of this turn if it can, and tells whether it does. */
  respond(request: IncomingMessage, response: ServerResponse): boolean {
    const hit = this.#isOpen && isPlainGet(request) ? this.#find(request, response) : undefined;
    if (!hit) return false;
    if (this.#found.push(hit) === 1) setImmediate(() => this.#responseFound());
    return true;
  }

  #responseFound(): void {
    const hits = this.#found;
    this.#found = [];
    const answered = hits.map((hit) => write(hit, this.unsent));
    for (const one of answered) {
      this.cache.countPeeked();
      this.accessLog.enter(one);
    }
  }

  #find(request: IncomingMessage, response: ServerResponse): Hit | undefined {
    const arrivedAt = this.clock.monotonic();
    try {
      const { url = '' } = request;
      if (!CachedReadUrls.maySpell(url) || this.lifecycle.isDraining) return undefined;
      // Before the URL is parsed: a stranger's costs nothing here.
      const authContext = this.access.admit(request, 'any');
      const read = this.#reads.of(url);
      const declaration = read && this.requestHook.routes.declarationOfGet(read.route);
      if (!read || declaration?.access !== 'caller') return undefined;
      this.access.requireScope(authContext.caller, declaration.scope);
      authoriseQuery(authContext.tenant, read.question);
      const cached = this.cache.peek(authContext.tenant, read.key, cacheDirectives(request.headers));
      if (cached?.response.status !== 200 || !this.unsent.allows(authContext, cached.response.body.length))
        return undefined;
      timeoutOf(request);
      const decision = this.limits.take(authContext);
      // A refusal uses up nothing, so the front door finds it again.
      if (decision?.waitSeconds !== undefined) return undefined;
      const limitHeaders = decision?.headers ?? UNLIMITED;
      this.#reads.remember(url, read);
      return { request, response, arrivedAt, route: read.route, authContext, cached, limitHeaders };
    } catch {
      // Whatever it is, the ordinary path meets it again and tells it as it should be told.
      return undefined;
    }
  }
}

function write(hit: Hit, unsent: UnsentResponses): CompletedRequest {
  const { request, response, arrivedAt, route, authContext, cached, limitHeaders } = hit;
  const requestId = requestIdOf(request);
  const { status, headers, body } = finishedRead(request.headers, cached);
  const head = [...DATA_HEADERS, 'x-request-id', requestId, ...limitHeaders, ...headers];
  if (body) head.push('content-length', String(body.length));
  response.writeHead(status, head);
  if (body) body.sendTo(response);
  else response.end();
  // Mostly the kernel has all of it by now.
  if (body && response.writableLength > 0) unsent.add(authContext, response, body.bytes);
  return {
    requestId,
    isOwnId: isOwnId(request, requestId),
    method: 'GET',
    route,
    status,
    arrivedAt,
    tenant: authContext.tenant.id,
    caller: authContext.caller.id,
    attempts: 0,
    traceId: traceIdOf(request),
    cacheStatus: cached.cacheStatus,
  };
}

/** Without a body, and without a condition under which there may be no response from the cache. */
function isPlainGet({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return method === 'GET' && !hasBody && headers['if-match'] === undefined;
}
