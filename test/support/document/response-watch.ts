import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { document } from '../../../docs/openapi.yaml';
import { DocumentedApi } from './documented-api';
import { type ObservedResponse, type ReceivedRequest, ResponseCheck } from './response-check';
import { ResponseReader } from './response-reader';

/** Diagnostics channel of Node: this process opens a connection. */
const CONNECTION_OPENS = 'net.client.socket';
/** The request lines in bytes that a client writes: each head begins a write. */
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r$/gm;
/** When more is collected, it is checked and dropped, so that a suite checks between its requests only rarely. */
const MAX_COLLECTED_BYTES = 8_000_000;
const MAX_COLLECTED = 2000;

/** Requests that have no response yet, by connection, oldest first. */
type OpenRequests = ReceivedRequest[];

/**
 * Reads every response of a service under test from its connections, and checks each against `docs/openapi.yaml`. Suites need not do
 * anything for it.
 */
export class ResponseWatch {
  readonly #check = new ResponseCheck(new DocumentedApi(document));
  readonly #differences = new Set<string>();
  readonly #unhook: (() => void)[] = [];
  #collected: ObservedResponse[] = [];
  #bytes = 0;

  /** Observes a server of this process, whoever its clients are. */
  listenTo(server: Server): void {
    const open = new WeakMap<Socket, OpenRequests>();
    server.on('connection', (socket: Socket) => {
      const requests: OpenRequests = [];
      open.set(socket, requests);
      const reader = this.#readerFor(requests);
      for (const method of ['write', 'end'] as const) observeBytes(socket, method, (bytes) => reader.push(bytes));
      socket.once('close', () => reader.end());
    });
    const onRequest = ({ socket, method = '', url = '' }: IncomingMessage): void =>
      void open.get(socket)?.push({ method, target: url });
    server.prependListener('request', onRequest);
    server.prependListener('checkExpectation', onRequest);
  }

  /** Observes the requests of this process to services in other processes. `isOfService` is called when bytes pass. */
  listenToClients(isOfService: (port: number) => boolean): void {
    const onConnection = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      const requests: OpenRequests = [];
      const reader = this.#readerFor(requests);
      const isObserved = () => isOfService(socket.remotePort ?? 0);
      const noteRequests = (bytes: Buffer): void => {
        if (!isObserved()) return;
        for (const [, method = '', target = ''] of bytes.toString('latin1').matchAll(REQUEST_LINE))
          requests.push({ method, target });
      };
      observeBytes(socket, 'push', (bytes) => isObserved() && reader.push(bytes));
      observeBytes(socket, 'write', (bytes) => {
        if (socket.connecting) socket.once('connect', () => noteRequests(bytes));
        else noteRequests(bytes);
      });
      socket.once('close', () => reader.end());
    };
    subscribe(CONNECTION_OPENS, onConnection);
    this.#unhook.push(() => unsubscribe(CONNECTION_OPENS, onConnection));
  }

  /** Ends the watch; returns how responses differed from the document, each difference once. */
  end(): readonly string[] {
    for (const unhook of this.#unhook.splice(0)) unhook();
    this.#checkCollected();
    return [...this.#differences].sort();
  }

  #readerFor(requests: OpenRequests): ResponseReader {
    let request: ReceivedRequest | undefined;
    return new ResponseReader(
      () => {
        request = requests.shift();
        return request?.method === 'HEAD';
      },
      (response) => this.#collect({ ...response, ...(request && { request }) }),
    );
  }

  #collect(observed: ObservedResponse): void {
    this.#collected.push(observed);
    this.#bytes += observed.body.length;
    if (this.#bytes > MAX_COLLECTED_BYTES || this.#collected.length > MAX_COLLECTED) this.#checkCollected();
  }

  #checkCollected(): void {
    const observed = this.#collected;
    this.#collected = [];
    this.#bytes = 0;
    for (const one of observed)
      for (const difference of this.#check.differences(one)) this.#differences.add(difference);
  }
}

/** Passes the bytes of each call of `method` to `onBytes`, and changes nothing else. */
function observeBytes(socket: Socket, method: 'write' | 'end' | 'push', onBytes: (bytes: Buffer) => unknown): void {
  let original: unknown = Reflect.get(socket, method);
  const observed = function (this: unknown, ...args: readonly unknown[]): unknown {
    const [data, encoding] = args;
    if (typeof data === 'string') onBytes(Buffer.from(data, encoding === 'latin1' ? 'latin1' : 'utf8'));
    else if (data instanceof Uint8Array) onBytes(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return typeof original === 'function' ? Reflect.apply(original, this, args) : undefined;
  };
  // `connect` of a socket sets its `write` to the one of the class again, which would end the observation.
  const set = (value: unknown): void => {
    original = value;
  };
  Object.defineProperty(socket, method, { configurable: true, get: () => observed, set });
}
