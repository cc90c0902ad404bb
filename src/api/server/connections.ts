import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock/clock';
import { Connection } from './connection';

/** How often the connections are looked through while the process stops, in milliseconds. */
const POLL_MS = 20;
/** While the process stops, a new connection has so long to send its request, in milliseconds. */
const FIRST_BYTE_MS = 500;
/** While the process stops, a response that is ready has so long to be read, in milliseconds. */
const READ_MS = 1000;

/** All connections of clients, on every port of the process: what is open on them, and how they end. */
export class Connections {
  readonly #servers: Server[] = [];
  readonly #connections = new Map<Socket, Connection>();
  #isDraining = false;

  constructor(private readonly clock: Clock) {}

  add(server: Server, { isManagement }: { readonly isManagement: boolean }): void {
    this.#servers.push(server);
    server.on('connection', (socket) => {
      const connection = new Connection(socket, isManagement, this.clock.monotonic());
      this.#connections.set(socket, connection);
      socket.once('close', () => {
        this.#connections.delete(socket);
        connection.closed();
      });
    });
  }

  /** Whether the request may be served. */
  admit(response: ServerResponse<IncomingMessage>): boolean {
    if (this.#isDraining) response.shouldKeepAlive = false;
    return this.of(response.req.socket)?.admit(response) !== false;
  }

  of(socket: Socket): Connection | undefined {
    return this.#connections.get(socket);
  }

  /** Every response closes its connection from here on; new ones are still taken. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#connections.values()) connection.closeAfterResponses();
  }

  /**
   * Takes no new connections, closes those that are idle, and resolves when every request that was received has its response, after
   * `limitMs` at the latest. `isBusy`: whether work goes on that no connection belongs to any more.
   */
  async finishRequests(limitMs: number, isBusy: () => boolean): Promise<void> {
    for (const server of this.#servers) server.close();
    await this.#until(() => !this.#closeIdle() && !isBusy(), limitMs);
  }

  /** Lets clients read the responses that are ready, within a limit, and closes what is left. */
  async close(): Promise<void> {
    await this.#until(() => {
      this.#closeIdle();
      return this.#connections.size === 0;
    }, READ_MS);
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  /** Returns whether the service is at work on a request, or may still receive one. */
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
