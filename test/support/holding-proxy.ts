import { once } from 'node:events';
import { type ClientRequest, createServer, request, type Server } from 'node:http';
import { portOf } from './ports';

/** A proxy in front of an HTTP server that delays requests of a method until they are released. */
export class HoldingProxy {
  readonly #delayed = new Map<string, (() => void)[]>();
  #onDelayed: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<HoldingProxy> {
    const server = createServer();
    const proxy = new HoldingProxy(server, target);
    server.on('request', (incoming, response) => {
      const relayed: ClientRequest = request(new URL(incoming.url ?? '', proxy.target), {
        method: incoming.method,
        headers: incoming.headers,
      });
      relayed.once('response', (upstream) => {
        response.writeHead(upstream.statusCode ?? 0, upstream.headers);
        upstream.pipe(response);
      });
      relayed.once('error', () => response.destroy());
      proxy.#pass(incoming.method ?? '', () => incoming.pipe(relayed));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}`;
  }

  /** Delays requests that come from now on; the returned function releases them and ends the delay. */
  hold(method: string): () => void {
    const delayed: (() => void)[] = [];
    this.#delayed.set(method, delayed);
    return () => {
      this.#delayed.delete(method);
      for (const release of delayed) release();
    };
  }

  /** Requests of the method that are delayed now. */
  held(method: string): number {
    return this.#delayed.get(method)?.length ?? 0;
  }

  /** Resolves when the next request is delayed. */
  nextDelayed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDelayed = resolve;
    });
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  #pass(method: string, release: () => void): void {
    const delayed = this.#delayed.get(method);
    if (delayed) {
      delayed.push(release);
      this.#onDelayed();
    } else release();
  }
}
