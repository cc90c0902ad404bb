import { once } from 'node:events';
import { type ClientRequest, createServer, request, type Server } from 'node:http';
import { portOf } from './ports';

/** A relay in front of an HTTP server that keeps requests of a method back until they are let go. */
export class HoldingProxy {
  readonly #held = new Map<string, (() => void)[]>();
  #onHeld: () => void = () => undefined;

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

  /** Holds what comes from now on; the returned function lets it and all that follows go. */
  hold(method: string): () => void {
    const held: (() => void)[] = [];
    this.#held.set(method, held);
    return () => {
      this.#held.delete(method);
      for (const letGo of held) letGo();
    };
  }

  /** Resolves when the next request is held. */
  held(): Promise<void> {
    return new Promise((resolve) => {
      this.#onHeld = resolve;
    });
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  #pass(method: string, letGo: () => void): void {
    const held = this.#held.get(method);
    if (held) {
      held.push(letGo);
      this.#onHeld();
    } else letGo();
  }
}
