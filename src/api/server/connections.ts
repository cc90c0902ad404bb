import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock/clock';
import { TrustedProxies } from './client-address';
import { Connection, type Outside } from './connection';
import { ConnectionLimit } from './connection-limit';
import type { ConnectionLimitReport } from './connection-limit-report';

/** How often the connections are checked while the process stops, in milliseconds. */
const POLL_MS = 20;
/** While the process stops: the time for a new connection to send its first byte, in milliseconds. */
const FIRST_BYTE_MS = 500;
/** While the process stops: the time for a partly received request to become complete, in milliseconds. */
const REST_OF_REQUEST_MS = 2000;
/** While the process stops: the time for a client to read a response that is ready, in milliseconds. */
const READ_MS = 1000;

interface ServerOptions {
  readonly isManagement: boolean;
  readonly maxConnections: number;
}

/** All connections of clients, on every port of the process, and their end. */
export class Connections {
  readonly #servers: Server[] = [];
  readonly #connections = new Map<Socket, Connection>();
  #isDraining = false;

  constructor(
    private readonly clock: Clock,
    private readonly report: Pick<ConnectionLimitReport, 'record'>,
    private readonly outside: Outside = { proxies: new TrustedProxies([]), publicUrl: '' },
  ) {}

  add(server: Server, { isManagement, maxConnections }: ServerOptions): void {
    const port = isManagement ? 'management' : 'api';
    const limit = new ConnectionLimit(maxConnections, (action) => this.report.record(port, action, maxConnections));
    this.#servers.push(server);
    server.on('connection', (socket) => {
      const connection = new Connection(socket, isManagement, this.clock.monotonic(), limit, this.outside);
      if (!limit.admit(connection)) return void socket.destroy();
      // It carries the requests of all clients, so it must not be closed for the connection of one.
      if (connection.isOfProxy) limit.keep(connection);
      this.#connections.set(socket, connection);
      socket.once('close', () => {
        limit.remove(connection);
        this.#connections.delete(socket);
        connection.closed();
      });
    });
  }

  /** Returns whether the request may be served. */
  admit(connection: Connection | undefined, response: ServerResponse<IncomingMessage>): boolean {
    if (this.#isDraining) response.shouldKeepAlive = false;
    return connection?.admit(response) !== false;
  }

  of(socket: Socket): Connection | undefined {
    return this.#connections.get(socket);
  }

  /** From now on every response closes its connection; new connections are still accepted. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#connections.values()) connection.closeAfterResponses();
  }

  /**
   * Accepts no new connections, closes idle ones, and resolves when every received request has its response, after
   * `limitMs` at the latest. A request that is not complete soon is 408, and none of it was carried out.
   * `isBusy`: whether there is work whose connection has closed.
   */
  async finishRequests(limitMs: number, isBusy: () => boolean): Promise<void> {
    for (const server of this.#servers) server.close();
    const lastReceivedAt = this.clock.monotonic() + REST_OF_REQUEST_MS;
    await this.#until(() => {
      if (this.clock.monotonic() >= lastReceivedAt) this.#rejectIncomplete();
      return !this.#closeIdle() && !isBusy();
    }, limitMs);
  }

  /** Waits until clients have read the responses that are ready, within a limit, and closes the other connections. */
  async close(): Promise<void> {
    await this.#until(() => {
      this.#closeIdle();
      return this.#connections.size === 0;
    }, READ_MS);
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #rejectIncomplete(): void {
    for (const connection of this.#connections.values()) {
      if (connection.isReceiving) connection.rejectInput('ERR_HTTP_REQUEST_TIMEOUT');
    }
  }

  /** Returns whether a request is in progress or may still be received. */
  #closeIdle(): boolean {
    for (const server of this.#servers) server.closeIdleConnections();
    let isWorking = false;
    for (const connection of this.#connections.values()) {
      const isNew = this.clock.monotonic() - connection.openedAt < FIRST_BYTE_MS;
      if (connection.isSilent && !isNew) connection.socket.destroy();
      else isWorking ||= connection.isSilent || connection.isWorking;
    }
    return isWorking;
  }

  async #until(isDone: () => boolean, limitMs: number): Promise<void> {
    const end = this.clock.monotonic() + limitMs;
    while (!isDone() && this.clock.monotonic() < end) await this.clock.sleep(POLL_MS);
  }
}
