import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { deliver } from './deliver';
import { readBody } from './read-body';
import { readRequest, type SandboxRequest } from './sandbox-request';
import { jsonResponse } from './sandbox-response';

/** How long the rest of a rejected body is read, so that the client receives the response. */
const DRAIN_MS = 2000;

/** Sends a response to the request, or none on purpose. */
type Serve = (request: SandboxRequest, response: ServerResponse) => Promise<void>;

/** Reads requests and passes them to `serve`. No input of a client and no error of `serve` ends the process. */
export function requestListener(serve: Serve, signal: AbortSignal): RequestListener {
  return (request, response) => {
    handle(request, response).catch(() => {
      if (signal.aborted || response.headersSent || response.destroyed) response.destroy();
      else void deliver(response, jsonResponse(500, { status: 500, errors: [] }), {}, signal);
    });
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body !== undefined) return serve(readRequest(request, body), response);
    rejectBody(request, response);
  }
}

/** Sends 413 at once and reads on for `DRAIN_MS`: closing a connection with unread bytes would reset it, and the response would be lost. */
function rejectBody(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(413, { connection: 'close', 'content-length': 0 }).flushHeaders();
  const timer = setTimeout(() => request.socket.destroy(), DRAIN_MS);
  request.once('end', () => response.end());
  request.once('close', () => clearTimeout(timer));
}
