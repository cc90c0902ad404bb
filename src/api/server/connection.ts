import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../context/network';
import { requestIdOf } from '../request/headers';
import { brokenInputResponse, messageOf } from './broken-input';
import type { ConnectionLimit } from './connection-limit';

/** Clients that pipeline send a few requests ahead, and most send none; each that is open may hold a large response. */
const MAX_OPEN_RESPONSES = 8;
/** How long a connection stays open behind its last response, so that a client which still sends gets to read it, in milliseconds. */
const LINGER_MS = 1000;

const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** One connection of a client, and the responses that are open on it. Node sends them in the order of their requests. */
export class Connection {
  /** Those that may be open, oldest first; the latest stays until the next request is received. */
  readonly #responses: ServerResponse<IncomingMessage>[] = [];
  readonly network: string;
  #isRejecting = false;
  #isAuthenticated = false;

  constructor(
    readonly socket: Socket,
    readonly isManagement: boolean,
    /** On the monotonic clock. */
    readonly openedAt: number,
    private readonly pool: ConnectionLimit,
  ) {
    this.network = networkOf(socket.remoteAddress ?? '');
  }

  /** Whether the request may be served. Of a client that sends more requests than it reads responses the connection is closed. */
  admit(response: ServerResponse<IncomingMessage>): boolean {
    if (this.#isRejecting || this.socket.destroyed) return false;
    const responses = this.#responses;
    // As they finish in order, all have where the latest has.
    if (responses.at(-1)?.writableFinished === true) responses.length = 0;
    else while (responses[0]?.writableFinished === true) responses.shift();
    if (responses.length >= MAX_OPEN_RESPONSES) {
      this.#rejectFlood();
      return false;
    }
    responses.push(response);
    if (!this.#isAuthenticated) this.pool.used(this);
    return true;
  }

  /** A request with accepted credentials was received on it: it no longer makes room for others. */
  authenticate(): void {
    if (this.#isAuthenticated) return;
    this.#isAuthenticated = true;
    this.pool.keep(this);
  }

  /** Whether a request has been received in part, and no response to it has begun. */
  get isReceiving(): boolean {
    const latest = this.#responses.at(-1);
    return latest !== undefined && !latest.req.complete && !latest.headersSent;
  }

  /** Whether the service is at work on a response; one that only its reader holds up does not count. */
  get isWorking(): boolean {
    return this.#open.some((response) => !response.writableEnded && !response.writableNeedDrain);
  }

  /** Whether nothing has been received on it. */
  get isSilent(): boolean {
    return this.socket.bytesRead === 0;
  }

  /** To be called when the socket has closed: Node emits no `close` for a response that waits behind another one. */
  closed(): void {
    for (const response of this.#open) if (response.socket === null) response.emit('close');
  }

  /** Lets the responses that are open be the last ones, as far as their heads are not out. */
  closeAfterResponses(): void {
    for (const response of this.#open) response.shouldKeepAlive = false;
  }

  /**
   * What is received from here on is no request. The client is told where that cannot be mistaken for the response to another
   * request, and never in the midst of one; responses under way are finished first.
   */
  rejectInput(code: string): void {
    if (this.#isRejecting) return;
    this.#isRejecting = true;
    const latest = this.#responses.at(-1);
    if (latest === undefined || (latest.writableFinished && latest.req.complete)) {
      this.#end(messageOf(brokenInputResponse(code)));
    } else if (!latest.req.complete && !latest.headersSent) {
      const { status, headers, body } = brokenInputResponse(code, requestIdOf(latest.req));
      latest.shouldKeepAlive = false;
      latest.writeHead(status, [...headers]).end(body);
      latest.once('close', () => this.#end());
    } else if (latest.writableFinished) {
      this.#end();
    } else {
      this.#endAfter(latest);
    }
  }

  /** Takes no request after the one that this responds to. */
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

/** What Node's parser is told to leave the rest of what was received alone, as for a protocol that it does not know. */
const NOT_HTTP = 2;

/**
 * Of 64 KiB that are received at once Node makes up to 3,600 requests, whatever becomes of the socket meanwhile: tens of milliseconds in
 * which nobody else is served. There is no documented way to stop it; where this one is missing, they are made and dropped.
 */
function stopParsing(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser === 'object' && parser !== null && 'onIncoming' in parser) parser.onIncoming = () => NOT_HTTP;
}
