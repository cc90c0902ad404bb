import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { portOf } from '../../../test/support/ports';
import { openRawSocket, type RawSocket, requestHead } from '../../../test/support/raw-socket';
import { Problem } from '../../problems/problem';
import { receiveBody } from './body';

const KIB = 1024;
const announced = (length: number) => requestHead('POST / HTTP/1.1', 'Host: x', `Content-Length: ${length}`);
const CHUNKED = requestHead('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked');

describe('receiveBody', () => {
  let server: Server;
  let client: RawSocket;
  let request: IncomingMessage;
  let charges: number[];

  afterEach(() => {
    client.socket.destroy();
    server.close();
  });

  async function receive(
    head: string,
    charge = (bytes: number) => void charges.push(bytes),
  ): Promise<Promise<Buffer>[]> {
    charges = [];
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    client = await openRawSocket(`http://127.0.0.1:${portOf(server)}`);
    client.socket.write(head);
    [request] = await once(server, 'request');
    // In a list, so that awaiting it does not await the body.
    return [receiveBody(request, charge)];
  }

  it('charges nothing for an announced length, and then the received bytes, in steps that double', async () => {
    const [body] = await receive(announced(256 * KIB));
    expect(charges).toEqual([]);
    client.socket.write('x');
    while (charges.length === 0) await new Promise(setImmediate);
    expect(charges).toEqual([16 * KIB]);
    client.socket.write('y'.repeat(256 * KIB - 1));
    expect((await body)?.toString()).toBe(`x${'y'.repeat(256 * KIB - 1)}`);
    expect(charges.reduce((one, other) => one + other)).toBe(256 * KIB);
  });

  it('charges no more for a body that arrives byte by byte', async () => {
    const [body] = await receive(CHUNKED);
    client.socket.write(`${'1\r\nx\r\n'.repeat(10_000)}0\r\n\r\n`);
    expect((await body)?.length).toBe(10_000);
    expect(charges).toEqual([16 * KIB]);
  });

  it('rejects a body that is too long, as soon as that is known', async () => {
    const [long] = await receive(announced(256 * KIB + 1));
    await expect(long).rejects.toMatchObject({ code: 'body-too-large' });
    client.socket.destroy();
    server.close();
    const [longer] = await receive(CHUNKED);
    client.socket.write(`40001\r\n${'x'.repeat(256 * KIB + 1)}\r\n`);
    await expect(longer).rejects.toMatchObject({ code: 'body-too-large' });
  });

  it('rejects a body that may not be charged, and receives no more of it', async () => {
    const [body] = await receive(announced(2), () => {
      throw new Problem('overloaded');
    });
    client.socket.write('x');
    await expect(body).rejects.toMatchObject({ code: 'overloaded' });
    expect(['data', 'end', 'error', 'close'].map((event) => request.listenerCount(event))).toEqual([0, 0, 0, 0]);
  });

  it('ends when the client disconnects, even before the call', async () => {
    const [body] = await receive(announced(2));
    client.socket.destroy();
    await expect(body).rejects.toMatchObject({ code: 'malformed-body' });
    await expect(receiveBody(request, () => undefined)).rejects.toMatchObject({ code: 'malformed-body' });
  });
});
