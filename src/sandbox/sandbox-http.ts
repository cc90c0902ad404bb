import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { isJsonObject, type JsonObject } from './json';

/** A request whose body has been read. */
export interface SandboxRequest {
  readonly method: string;
  /** As received, percent-encoding included, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Values of the `:name` segments of the route's path, percent-encoding included. */
  readonly parameters: JsonObject;
  readonly headers: IncomingHttpHeaders;
  /** Text, as the call log and faults need what was sent, valid JSON or not. */
  readonly body: string;
}

/** An HTTP response before it is sent. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Handlers by path template, such as `/hubs/:hubId`, and method. */
type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Maximum size of a request body in bytes; a larger one gets a 413. */
const BODY_LIMIT = 1024 * 1024;

/** How long the rest of a rejected body is read, so that the client receives the response. */
const DRAIN_MS = 2000;

/** Longer than any client keeps idle connections, so that the sandbox never closes one first. */
const KEEP_ALIVE_MS = 10 * 60 * 1000;
export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** A server without routes. Every body is read as text, also one of a GET, whatever its media type. */
export function createHttpServer(): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: Number.MAX_SAFE_INTEGER },
    // The router decodes paths; Hubster's ids are compared as received.
    rewriteUrl: ({ url = '' }) => url.replace(/[%#]/g, encodeURIComponent),
  });
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { code, statusCode = 500 } = error;
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') rejectLargeBody(request, reply);
    else if (statusCode < 500) void reply.code(statusCode).send();
    else void reply.code(500).send({ status: 500, errors: [] });
  });
  return app;
}

/** Declares the routes. A method that a path does not have gets `notAllowed`, which receives the value of `Allow`. */
export function declareRoutes(app: FastifyInstance, routes: Routes, notAllowed: (allow: string) => Handler): void {
  for (const [url, handlers] of Object.entries(routes)) {
    const allowed = Object.keys(handlers);
    for (const [method, handler] of Object.entries(handlers)) app.route({ method, url, handler });
    const others = app.supportedMethods.filter((method) => !allowed.includes(method));
    app.route({ method: others, url, handler: notAllowed(allowed.join(', ')) });
  }
}

export function readRequest({ method, originalUrl, params, headers, body }: FastifyRequest): SandboxRequest {
  const [path = '', ...query] = originalUrl.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    parameters: isJsonObject(params) ? params : {},
    headers,
    body: typeof body === 'string' ? body : '',
  };
}

/** Whether the request declares this media type; parameters such as `charset` are ignored. */
export function hasMediaType({ headers }: Pick<SandboxRequest, 'headers'>, mediaType: string): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === mediaType;
}

export function jsonResponse(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): SandboxResponse {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: Buffer.from(JSON.stringify(value)) };
}

export function emptyResponse(status: number, headers: OutgoingHttpHeaders = {}): SandboxResponse {
  return { status, headers, body: Buffer.alloc(0) };
}

export function sendResponse(reply: FastifyReply, { status, headers, body }: SandboxResponse): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(body.length > 0 ? body : undefined);
}

/** Sends 413 at once and reads on for `DRAIN_MS`: closing a connection with unread bytes would reset it, and the response would be lost. */
function rejectLargeBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(413, { connection: 'close', 'content-length': 0 }).flushHeaders();
  const timer = setTimeout(() => raw.socket.destroy(), DRAIN_MS);
  raw
    .resume()
    .once('end', () => reply.raw.end())
    .once('close', () => clearTimeout(timer));
}
