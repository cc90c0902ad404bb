import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { FastifyHttpOptions, FastifyReply } from 'fastify';
import { Problem, type ProblemDetails } from '../../problems/problem';
import { headerLines, setHeaders } from './header-list';
import { BODY_LIMIT_BYTES } from './json-body';
import { problemOf } from './problem-of';
import { renderProblem } from './problem-rendering';
import { requestIdOf } from './request-inputs';
import { DATA_HEADERS } from './security-headers';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How often Node looks for requests that are too slow; with its own 30 s the limit of 10 would be up to 40. */
const LOOK_FOR_SLOW_MS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;

/** What Node says of a request that it could not read, where there is more to tell than 400 (RFC 6585, RFC 9110). */
const BROKEN_REQUESTS: Readonly<Record<string, ProblemDetails>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers are larger than 16 KiB.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not come in time.', retryable: true },
};

/** Answers a request before Fastify sees it, or tells that it did not. */
type Shortcut = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Limits against slow and oversized requests, and our own words for requests that reach no route. Fastify leaves the
 * timeouts of a server that it was given alone, so they are set here.
 */
export function serverOptions(shortcut: Shortcut): FastifyHttpOptions<Server> {
  return {
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (fastify) =>
      createServer(
        {
          headersTimeout: HEADERS_TIMEOUT_MS,
          requestTimeout: REQUEST_TIMEOUT_MS,
          keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
          maxHeaderSize: MAX_HEADER_BYTES,
          connectionsCheckingInterval: LOOK_FOR_SLOW_MS,
        },
        (request, response) => {
          if (!shortcut(request, response)) fastify(request, response);
        },
      ),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, request, reply: FastifyReply) => {
      const { status, headers, body } = renderProblem(problemOf(error), request.id);
      setHeaders(reply, DATA_HEADERS);
      void reply
        .status(status)
        .headers({ ...headers, 'x-request-id': request.id })
        .send(body);
    },
    clientErrorHandler: ({ code }, socket) => {
      if (!socket.writable) return void socket.destroy();
      const requestId = randomUUID();
      const problem = new Problem('validation-failed', BROKEN_REQUESTS[code]);
      const { status, headers, body } = renderProblem(problem, requestId);
      const length = String(Buffer.byteLength(body));
      const own = ['x-request-id', requestId, 'content-length', length, 'connection', 'close'];
      const lines = headerLines([...DATA_HEADERS, ...Object.entries(headers).flat(), ...own]);
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
    },
  };
}
