import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Problem } from '../../problems/problem';
import type { Connections } from './connections';
import { malformedRequest, unknownExpectation, unreliableFraming } from './request-headers';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the timeouts of load balancers, so that they close idle connections first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How long a client may read none of a response that is ready. */
const READ_TIMEOUT_MS = 30_000;
/** How often Node checks for slow requests; with its default of 30 s the limit of 10 s would be up to 40 s. */
const CHECK_INTERVAL_MS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;

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
