import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { portOf } from './ports';

/** What the proxy does with a CONNECT: it opens the tunnel, responds with a status, closes the connection, or does nothing. */
type ProxyBehaviour = 'open' | 'close' | 'silent' | number;

/** A proxy that opens tunnels for whoever knows the password, and resolves every name to this machine. */
export class ConnectProxy {
  /** Host and port of each CONNECT. */
  readonly requested: string[] = [];
  /** For the next CONNECTs, in order; then it opens tunnels. */
  readonly behaviours: ProxyBehaviour[] = [];
  readonly #sockets = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    private readonly password: string,
    private readonly ports: Readonly<Record<string, number>>,
  ) {}

  /** `ports`: where the tunnel to a name leads; default: the port that was requested. */
  static async start(password: string, ports: Readonly<Record<string, number>> = {}): Promise<ConnectProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new ConnectProxy(server, password, ports);
    server.on('connect', ({ url = '', headers }, socket) =>
      proxy.#connect(url, headers['proxy-authorization'], socket),
    );
    return proxy;
  }

  get url(): string {
    return this.urlWith(this.password);
  }

  urlWith(password: string): string {
    return `http://service:${encodeURIComponent(password)}@127.0.0.1:${portOf(this.server)}`;
  }

  /** Breaks every tunnel. */
  breakTunnels(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.breakTunnels();
    this.server.close();
    await once(this.server, 'close');
  }

  #connect(target: string, authorization: string | undefined, socket: Duplex): void {
    this.requested.push(target);
    this.#keep(socket);
    const behaviour = this.behaviours.shift() ?? 'open';
    const expected = `Basic ${Buffer.from(`service:${this.password}`).toString('base64')}`;
    if (behaviour === 'close') socket.destroy();
    else if (authorization !== expected) socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    else if (typeof behaviour === 'number') socket.end(`HTTP/1.1 ${behaviour} Refused\r\n\r\n`);
    else if (behaviour === 'open') this.#open(target, socket);
  }

  #open(target: string, socket: Duplex): void {
    const { hostname, port } = new URL(`http://${target}`);
    const upstream: Socket = connect(this.ports[hostname] ?? Number(port || 80), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    this.#keep(upstream);
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => this.#sockets.delete(socket));
  }
}
