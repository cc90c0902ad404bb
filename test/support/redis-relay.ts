import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { portOf } from './ports';

/** A relay in front of a Redis server on the loopback that can lose replies, or reply in place of the server. */
export class RedisRelay {
  readonly #sockets = new Set<Socket>();
  #everyNth = Number.POSITIVE_INFINITY;
  #reply: string | undefined;

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

  /** Loses every `nth` chunk of the server's replies on a connection. */
  loseEvery(nth: number): void {
    this.#everyNth = nth;
  }

  /** Replies to every command with this error and forwards none. */
  replyWith(error: string): void {
    this.#reply = `-${error}\r\n`;
  }

  heal(): void {
    this.#everyNth = Number.POSITIVE_INFINITY;
    this.#reply = undefined;
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #relay(client: Socket): void {
    const upstream = connect(this.port, '127.0.0.1');
    let chunks = 0;
    client.on('data', (chunk) => {
      if (this.#reply === undefined) upstream.write(chunk);
      else client.write(this.#reply.repeat(commandsIn(chunk)));
    });
    upstream.on('data', (chunk) => {
      chunks += 1;
      if (chunks % this.#everyNth !== 0) client.write(chunk);
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
function commandsIn(chunk: Buffer): number {
  return chunk.toString('latin1').match(/(?<=^|\r\n)\*\d+\r\n/g)?.length ?? 0;
}
