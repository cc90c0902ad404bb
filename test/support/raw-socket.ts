import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test writes arbitrary bytes. */
export interface RawSocket {
  readonly socket: Socket;
  /** All that was received until now. */
  received(): string;
  /** Resolves to all that was received when the other side has closed. */
  readonly closed: Promise<string>;
}

export async function openRawSocket(url: string): Promise<RawSocket> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  // A reset closes the connection, too.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(text));
  });
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

/** Writes the chunks, and resolves to all that was received when the other side has closed. */
export async function sendRaw(url: string, ...chunks: readonly string[]): Promise<string> {
  const { socket, closed } = await openRawSocket(url);
  for (const chunk of chunks) socket.write(chunk);
  return closed;
}

/** The head of a request, with its empty line. */
export function requestHead(line: string, ...headers: readonly string[]): string {
  return [line, ...headers, '', ''].join('\r\n');
}

/** The status lines in what was received. */
export function statusesIn(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
