import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Problem } from '../../problems/problem';
import type { Connections } from './connections';
import { malformedRequest, unknownExpectation, unreliableFraming } from './malformed-request';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than load balancers keep theirs, so that it is they who close one. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How long a client may read nothing of a response that is ready. */
const READ_TIMEOUT_MS = 30_000;
/** How often Node checks for requests that are too slow; with its own 30 s the limit of 10 would be up to 40. */
const CHECK_INTERVAL_MS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;

interface HttpServerOptions {
  readonly connections: Connections;
  readonly isManagement: boolean;
  readonly maxConnections: number;
  readonly listener: RequestListener;
  /** Responds to a request of a known caller before the listener sees it, or returns false. Never called for a malformed one. */
  readonly fastPath?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** What is wrong with requests that Node could read and nobody should serve. */
const malformed = new WeakMap<IncomingMessage, Problem>();

export function problemWith(request: IncomingMessage): Problem | undefined {
  return malformed.get(request);
}

/** A server with limits for slow, silent and flooding clients. The one for callers and the one for management are made here alike. */
export function createHttpServer(parts: HttpServerOptions): Server {
  const { connections, listener, fastPath, isManagement, maxConnections } = parts;
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Node would respond with no body and no request id, and drop the headers beyond 2,000.
    requireHostHeader: false,
  });
  server.maxHeadersCount = 0;
  connections.add(server, { isManagement, maxConnections });

  const serve = (
    request: IncomingMessage,
    response: ServerResponse<IncomingMessage>,
    check: (request: IncomingMessage) => Problem | undefined,
  ): void => {
    // First of all, as a flood of requests should cost nothing more.
    const connection = connections.of(request.socket);
    if (!connections.admit(connection, response)) return;
    const framingProblem = unreliableFraming(request);
    if (framingProblem) connection?.endAfter(response);
    const problem = framingProblem ?? check(request);
    if (problem) malformed.set(request, problem);
    if (!problem && fastPath?.(request, response)) connection?.authenticate();
    else listener(request, response);
  };
  server.on('request', (request, response) => serve(request, response, malformedRequest));
  server.on('checkExpectation', (request, response) => serve(request, response, unknownExpectation));
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    if (socket instanceof Socket) connections.of(socket)?.rejectInput(code);
  });
  // Node has taken its own listeners off the socket by then.
  server.on('connect', ({ socket }) => {
    socket.on('error', () => socket.destroy()).on('timeout', () => socket.destroy());
    connections.of(socket)?.rejectInput('CONNECT');
  });
  // Also called for connections that were idle for too long.
  server.setTimeout(READ_TIMEOUT_MS, (socket) => {
    if (!connections.of(socket)?.isWorking) socket.destroy();
  });
  return server;
}
