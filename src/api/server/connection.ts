import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf, plainAddress } from '../../context/quota';
import { requestIdOf } from '../request/headers';
import { brokenInputResponse, messageOf } from './broken-input';
import type { TrustedProxies } from './client-address';
import type { ConnectionLimit } from './connection-limit';

/** Most clients do not pipeline, and the others send a few requests ahead; each open one may need memory for a large response. */
const MAX_OPEN_RESPONSES = 8;
/** How long a connection stays open after its last response, so that a client which still sends can read it, in milliseconds. */
const LINGER_MS = 1000;

const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The return value of `onIncoming` that makes Node's parser skip the rest of the input, as for an unknown protocol. */
const NOT_HTTP = 2;

/** What is in front of the service. */
export interface Outside {
  readonly proxies: TrustedProxies;
  /** As in `Config`. */
  readonly publicUrl: string;
}

/** One connection of a client, and the responses that are open on it. Node sends them in the order of their requests. */
export class Connection {
  /** Responses that may be open, oldest first; the latest stays until the next request is received. */
  readonly #responses: ServerResponse<IncomingMessage>[] = [];
  /** Of the peer: a client, or a proxy. */
  readonly address: string;
  readonly network: string;
  readonly isOfProxy: boolean;
  #isRejecting = false;
  #disconnection: AbortController | undefined;
  #isAuthenticated = false;

  constructor(
    readonly socket: Socket,
    readonly isManagement: boolean,
    /** Clock.monotonic(). */
    readonly openedAt: number,
    private readonly limit: ConnectionLimit,
    private readonly outside: Outside,
  ) {
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.network = networkOf(this.address);
    this.isOfProxy = outside.proxies.trusts(this.address);
  }

  /** The address of the client that a request came from. */
  clientOf(headers: IncomingHttpHeaders): string {
    return this.isOfProxy ? this.outside.proxies.clientOf(this.address, headers) : this.address;
  }

  /** Returns whether the request may be served. Closes the connection of a client that sends more requests than it reads responses. */
  admit(response: ServerResponse<IncomingMessage>): boolean {
    if (this.#isRejecting || this.socket.destroyed) return false;
    const responses = this.#responses;
    // Responses finish in order, so all have finished if the latest has.
    if (responses.at(-1)?.writableFinished === true) responses.length = 0;
    else while (responses[0]?.writableFinished === true) responses.shift();
    if (responses.length >= MAX_OPEN_RESPONSES) {
      this.#rejectFlood();
      return false;
    }
    responses.push(response);
    if (!this.#isAuthenticated) this.limit.used(this);
    return true;
  }

  /** Call it for a request with accepted credentials: the connection is then never evicted. */
  authenticate(): void {
    if (this.#isAuthenticated) return;
    this.#isAuthenticated = true;
    this.limit.keep(this);
  }

  /** Whether a request has been received in part, and no response to it has begun. */
  get isReceiving(): boolean {
    const latest = this.#responses.at(-1);
    return latest !== undefined && !latest.req.complete && !latest.headersSent;
  }

  /** Whether a response is being made; one that only waits for its client to read does not count. */
  get isWorking(): boolean {
    return this.#open.some((response) => !response.writableEnded && !response.writableNeedDrain);
  }

  /** Whether no byte has been received. */
  get isSilent(): boolean {
    return this.socket.bytesRead === 0;
  }

  /** Aborted when the client disconnects. One for all requests of the connection, as creating one costs 4 µs. */
  get disconnected(): AbortSignal {
    this.#disconnection ??= new AbortController();
    return this.#disconnection.signal;
  }

  /** Call it when the socket has closed: Node emits no `close` for a response that waits behind another one. */
  closed(): void {
    this.#disconnection?.abort();
    for (const response of this.#open) if (response.socket === null) response.emit('close');
  }

  /** Closes the connection after the open responses, unless their headers were sent already. */
  closeAfterResponses(): void {
    for (const response of this.#open) response.shouldKeepAlive = false;
  }

  /**
   * Parses no further requests. The client gets a response if it cannot be mistaken for the response to another request, and never
   * inside one; responses in progress are finished first.
   */
  rejectInput(code: string): void {
    if (this.#isRejecting) return;
    this.#isRejecting = true;
    const latest = this.#responses.at(-1);
    if (latest === undefined || (latest.writableFinished && latest.req.complete)) {
      this.#end(messageOf(brokenInputResponse(code, this.outside.publicUrl)));
    } else if (!latest.req.complete && !latest.headersSent) {
      const { status, headers, body } = brokenInputResponse(code, this.outside.publicUrl, requestIdOf(latest.req));
      latest.shouldKeepAlive = false;
      latest.writeHead(status, [...headers]).end(body);
      latest.once('close', () => this.#end());
    } else if (latest.writableFinished) {
      this.#end();
    } else {
      this.#endAfter(latest);
    }
  }

  /** Accepts no request after the one of this response. */
  endAfter(response: ServerResponse<IncomingMessage>): void {
    this.#isRejecting = true;
    this.#endAfter(response);
  }

  #rejectFlood(): void {
    this.#isRejecting = true;
    stopParsing(this.socket);
    const isWriting = this.#open.some(({ writableEnded, req }) => !writableEnded && !SAFE_METHODS.has(req.method));
    const latest = this.#responses.at(-1);
    if (!isWriting || latest === undefined) this.socket.destroy();
    else this.#endAfter(latest);
  }

  #endAfter(latest: ServerResponse<IncomingMessage>): void {
    this.socket.pause();
    latest.shouldKeepAlive = false;
    latest.once('close', () => this.#end());
  }

  #end(message = ''): void {
    const { socket } = this;
    if (this.isSilent || !socket.writable) return void socket.destroy();
    socket.end(message);
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(linger));
  }

  get #open(): readonly ServerResponse<IncomingMessage>[] {
    return this.#responses.filter(({ writableFinished }) => !writableFinished);
  }
}

/**
 * Node parses up to 3,600 requests from 64 KiB that are received at once, even if the socket is destroyed meanwhile: tens of milliseconds
 * in which no other connection is served. Node documents no way to stop it; if this one fails, the requests are parsed and dropped.
 */
function stopParsing(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser === 'object' && parser !== null && 'onIncoming' in parser) parser.onIncoming = () => NOT_HTTP;
}
