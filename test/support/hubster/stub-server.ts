import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { portOf } from '../ports';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

type Reply = (request: Received, response: ServerResponse, socket: Socket) => void;

/** A server whose responses the test defines, invalid ones included. */
export class StubServer {
  readonly received: Received[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  /** Responses to portal requests, in order; the last one is repeated. */
  portal: Reply[] = [];
  /** Response to token requests. */
  identity: Reply = json(200, { access_token: 'portal-token-canary', expires_in: 3600, token_type: 'Bearer' });

  #onCall = () => {};

  private constructor(private readonly server: Server) {}

  static async start(): Promise<StubServer> {
    const server = createServer();
    const stub = new StubServer(server);
    server.on('request', (request, response) => void stub.#serve(request, response));
    server.on('connection', (socket) => {
      stub.connections += 1;
      stub.sockets.add(socket);
      socket.on('close', () => stub.sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return stub;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${portOf(this.server)}/`);
  }

  /** All requests but token requests. */
  get calls(): readonly Received[] {
    return this.received.filter(({ url }) => url !== '/connect/token');
  }

  get tokenRequests(): readonly Received[] {
    return this.received.filter(({ url }) => url === '/connect/token');
  }

  /** Resolves when the reply of the next request, token requests apart, has run; it may send no response. */
  called(): Promise<void> {
    return new Promise((resolve) => {
      this.#onCall = resolve;
    });
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.received.push(received);
    const reply =
      url === '/connect/token' ? this.identity : this.portal.length > 1 ? this.portal.shift() : this.portal[0];
    reply?.(received, response, request.socket);
    if (url !== '/connect/token') this.#onCall();
  }
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Reply {
  return raw(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function raw(
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Reply {
  return (_request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.writeHead(status).end(body);
  };
}

export const reset: Reply = (_request, _response, socket) => {
  socket.destroy();
};

export const silence: Reply = () => undefined;
