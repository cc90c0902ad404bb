import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { portOf } from './ports';

/** A relay in front of a Redis server on the loopback that can lose what the server says, or answer in its place. */
export class RedisRelay {
  readonly #sockets = new Set<Socket>();
  #everyNth = Number.POSITIVE_INFINITY;
  #response: string | undefined;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async start(port: number): Promise<RedisRelay> {
    const server = createServer();
    const relay = new RedisRelay(server, port);
    server.on('connection', (client) => relay.#relay(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get url(): string {
    return `redis://127.0.0.1:${portOf(this.server)}`;
  }

  /** Loses every `nth` piece of what the server says on a connection. */
  loseEvery(nth: number): void {
    this.#everyNth = nth;
  }

  /** Answers every command with this error, whatever it asks for, and sends none of them on. */
  responseWith(error: string): void {
    this.#response = `-${error}\r\n`;
  }

  heal(): void {
    this.#everyNth = Number.POSITIVE_INFINITY;
    this.#response = undefined;
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #relay(client: Socket): void {
    const upstream = connect(this.port, '127.0.0.1');
    let pieces = 0;
    client.on('data', (piece) => {
      if (this.#response === undefined) upstream.write(piece);
      else client.write(this.#response.repeat(commandsIn(piece)));
    });
    upstream.on('data', (piece) => {
      pieces += 1;
      if (pieces % this.#everyNth !== 0) client.write(piece);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
    }
  }
}

/** Each command is an array that begins on a line of its own. */
function commandsIn(piece: Buffer): number {
  return piece.toString('latin1').match(/(?<=^|\r\n)\*\d+\r\n/g)?.length ?? 0;
}
