import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { invalidRequest, Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import type { Connections } from './connections';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the timeouts of load balancers, so that they close idle connections first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How long a client may read none of a response that is ready. */
const READ_TIMEOUT_MS = 30_000;
/** How often Node checks for slow requests; with its default of 30 s the limit of 10 s would be up to 40 s. */
const CHECK_INTERVAL_MS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Every request header that a caller can set and Stagedoor reads. `single`: a request that repeats it is rejected, as Node would silently
 * drop or join the lines. `joined`: Node joins several lines with commas; the value is a list, or is invalid and then ignored.
 */
export const REQUEST_HEADERS: Readonly<Record<string, 'single' | 'joined'>> = {
  Authorization: 'single',
  'X-API-Key': 'single',
  'X-Tenant-Id': 'single',
  'Content-Type': 'single',
  'Idempotency-Key': 'single',
  'X-Request-Timeout-Ms': 'single',
  'X-On-Behalf-Of': 'single',
  'X-Integration-Id': 'single',
  'X-Hub-Id': 'single',
  'X-Hubster-Public-Key': 'single',
  'X-Hubster-Signature': 'single',
  Accept: 'joined',
  'Cache-Control': 'joined',
  'If-Match': 'joined',
  'If-None-Match': 'joined',
  Prefer: 'joined',
  'X-Request-Id': 'joined',
  traceparent: 'joined',
  tracestate: 'joined',
};

/** From lower case to the spelling in problems. Callers other than browsers set `Host` too. */
const SINGLE_HEADERS = new Map(
  ['Host', ...Object.keys(REQUEST_HEADERS).filter((name) => REQUEST_HEADERS[name] === 'single')].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);
/** Node's own limit (`maxHeadersCount`) is off, as it drops lines silently. */
const MAX_HEADER_LINES = 256;

interface HttpServerOptions {
  readonly connections: Connections;
  readonly isManagement: boolean;
  readonly maxConnections: number;
  readonly listener: RequestListener;
}

/** Problems of requests that Node could parse but that must not be served. */
const malformed = new WeakMap<IncomingMessage, Problem>();

export function problemWith(request: IncomingMessage): Problem | undefined {
  return malformed.get(request);
}

/** A server with limits for slow, silent and flooding clients; for the API port and the management port. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { connections, listener, isManagement, maxConnections } = options;
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Node would respond without body and request id, and drop the headers beyond 2,000.
    requireHostHeader: false,
  });
  server.maxHeadersCount = 0;
  connections.add(server, { isManagement, maxConnections });

  const serve = (
    request: IncomingMessage,
    response: ServerResponse<IncomingMessage>,
    check: (request: IncomingMessage) => Problem | undefined,
  ): void => {
    // First, so that a flood of requests costs little.
    const connection = connections.of(request.socket);
    if (!connections.admit(connection, response)) return;
    const framingProblem = unreliableFraming(request);
    if (framingProblem) connection?.endAfter(response);
    const problem = framingProblem ?? check(request);
    if (problem) malformed.set(request, problem);
    listener(request, response);
  };
  server.on('request', (request, response) => serve(request, response, malformedRequest));
  server.on('checkExpectation', (request, response) => serve(request, response, unknownExpectation));
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    if (socket instanceof Socket) connections.of(socket)?.rejectInput(code);
  });
  // By then Node has removed its own listeners from the socket.
  server.on('connect', ({ socket }) => {
    socket.on('error', () => socket.destroy()).on('timeout', () => socket.destroy());
    connections.of(socket)?.rejectInput('CONNECT');
  });
  // Node also emits it for connections that were idle for too long.
  server.setTimeout(READ_TIMEOUT_MS, (socket) => {
    if (!connections.of(socket)?.isWorking) socket.destroy();
  });
  return server;
}

interface ReceivedHeaders {
  readonly headers: object;
  /** Alternating names and values of all received lines. */
  readonly rawHeaders: readonly string[];
}

/** The name of a `single` header that the request repeats. */
export function repeatedHeader({ headers, rawHeaders }: ReceivedHeaders): string | undefined {
  // The fast case: most requests repeat no header.
  if (Object.keys(headers).length * 2 === rawHeaders.length) return undefined;
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (seen.has(name) && SINGLE_HEADERS.has(name)) return SINGLE_HEADERS.get(name);
    seen.add(name);
  }
  return undefined;
}

/** The problem of a request before its route is known: ambiguous headers, too many of them, no `Host` (RFC 9112, 3.2). */
function malformedRequest(request: IncomingMessage): Problem | undefined {
  const { rawHeaders, headers, httpVersionMinor } = request;
  if (rawHeaders.length > 2 * MAX_HEADER_LINES) {
    return new Problem('validation-failed', { status: 431, detail: `More than ${MAX_HEADER_LINES} header lines.` });
  }
  const repeated = repeatedHeader(request);
  if (repeated !== undefined) return invalidRequest([parameterViolation(207, repeated, 'It may be sent once.')]);
  if (headers.host === undefined && httpVersionMinor > 0) return invalidRequest([parameterViolation(200, 'Host')]);
  return undefined;
}

/** The problem of a body whose end is not reliable (RFC 9112, 6.1): the bytes after it may not be a request. */
function unreliableFraming({ headers, httpVersionMinor }: IncomingMessage): Problem | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (httpVersionMinor === 0) {
    return new Problem('validation-failed', { detail: 'HTTP/1.0 has no Transfer-Encoding.' });
  }
  if (coding.trim().toLowerCase() === 'chunked') return undefined;
  return new Problem('validation-failed', { status: 501, detail: 'The only transfer coding is chunked.' });
}

/** `Expect` with anything but `100-continue` (RFC 9110, 10.1.1). */
function unknownExpectation(): Problem {
  return new Problem('validation-failed', { status: 417, detail: 'Only 100-continue can be expected.' });
}
