import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ManualClock } from '../../../test/support/manual-clock';
import { portOf } from '../../../test/support/ports';
import { openRawSocket, requestHead, statusesIn } from '../../../test/support/raw-socket';
import { SystemClock } from '../../clock/clock';
import { Connections } from './connections';
import { createHttpServer } from './http-server';

const GET = requestHead('GET / HTTP/1.1', 'Host: x');
const POST = requestHead('POST / HTTP/1.1', 'Host: x', 'Content-Length: 0');
const LARGE = Buffer.alloc(4 * 1024 * 1024, 'a');

describe('createHttpServer', () => {
  let server: Server;
  let connections: Connections;
  /** Requests that the listener has received and not responded to. */
  let served: ServerResponse<IncomingMessage>[];
  let accepted: Socket[];
  /** Actions at the limit of connections. */
  let actions: string[];

  async function start({ maxConnections = 100, respond = true, clock = new SystemClock() } = {}): Promise<string> {
    actions = [];
    connections = new Connections(clock, { record: (port, action) => void actions.push(`${port} ${action}`) });
    served = [];
    accepted = [];
    server = createHttpServer({
      connections,
      isManagement: false,
      maxConnections,
      listener: (_request, response) => {
        if (respond) response.end(LARGE);
        else served.push(response);
      },
    });
    server.on('connection', (socket) => accepted.push(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${portOf(server)}`;
  }
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('limits the time for first byte, headers, body and reading, drops no header, and checks every second', async () => {
    await start();
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      timeout: 30_000,
      maxHeadersCount: 0,
      connectionsCheckingInterval: 1000,
    });
  });

  it('closes a connection that sends nothing, without a response', async () => {
    const url = await start();
    const { socket, closed } = await openRawSocket(url);
    while (accepted.length === 0) await new Promise(setImmediate);
    // As Node does after 10 s.
    server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), accepted[0]);
    expect(await closed).toBe('');
    socket.destroy();
  });

  it('closes a connection whose client never reads, and keeps one whose response is being made', async () => {
    const url = await start({ respond: false });
    const { socket, closed } = await openRawSocket(url);
    socket.pause();
    socket.write(GET);
    while (served.length === 0) await new Promise(setImmediate);
    const ours = served[0]?.socket;
    server.emit('timeout', ours);
    expect(ours?.destroyed).toBe(false);
    served[0]?.end(LARGE);
    server.emit('timeout', ours);
    expect(ours?.destroyed).toBe(true);
    socket.resume();
    await closed;
  });

  it('has at most 8 responses open on a connection, and closes one that sends more requests than it reads', async () => {
    const url = await start({ respond: false });
    const { socket, closed } = await openRawSocket(url);
    socket.write(GET.repeat(8));
    while (served.length < 8) await new Promise(setImmediate);
    let made = 0;
    server.on('request', () => {
      made += 1;
    });
    socket.write(GET.repeat(2000));
    await closed;
    expect(served).toHaveLength(8);
    // Node does not parse the rest.
    expect(made).toBe(1);
  });

  it('counts open responses only: a client that reads may send any number of requests', async () => {
    const url = await start({ respond: false });
    const { socket, received } = await openRawSocket(url);
    for (let sent = 1; sent <= 100; sent += 1) {
      socket.write(GET);
      while (served.length < sent) await new Promise(setImmediate);
      // Six stay open.
      served[sent - 6]?.end('x');
    }
    while (statusesIn(received()).length < 95) await new Promise(setImmediate);
    expect(served).toHaveLength(100);
    socket.destroy();
  });

  it('finishes the write of a client that sends too many requests, and reads no more of them', async () => {
    const url = await start({ respond: false });
    const { socket, closed } = await openRawSocket(url);
    socket.write(POST + GET.repeat(500));
    while (served.length < 8) await new Promise(setImmediate);
    for (const response of served) response.end('done');
    expect(statusesIn(await closed)).toEqual(Array(8).fill(200));
  });

  it('emits close for every open response of a closed connection, even for one that waits behind another', async () => {
    const url = await start({ respond: false });
    const { socket } = await openRawSocket(url);
    socket.write(GET.repeat(3));
    while (served.length < 3) await new Promise(setImmediate);
    const closed = served.map(() => 0);
    for (const [index, response] of served.entries()) {
      response.on('close', () => {
        closed[index] = (closed[index] ?? 0) + 1;
      });
    }
    socket.destroy();
    while (closed.includes(0)) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(closed).toEqual([1, 1, 1]);
  });

  it('accepts no more connections than the limit from authenticated callers', async () => {
    const url = await start({ maxConnections: 2, respond: false });
    const [one, other] = [await openRawSocket(url), await openRawSocket(url)];
    while (accepted.length < 2) await new Promise(setImmediate);
    for (const socket of accepted) connections.of(socket)?.authenticate();
    const third = await openRawSocket(url);
    expect(await third.closed).toBe('');
    expect(actions).toEqual(['api rejected']);
    one.socket.destroy();
    other.socket.destroy();
  });

  it('closes an idle connection without an authenticated caller for a new one at the limit', async () => {
    const url = await start({ maxConnections: 3, respond: false });
    const [silent, used, known] = [await openRawSocket(url), await openRawSocket(url), await openRawSocket(url)];
    while (accepted.length < 3) await new Promise(setImmediate);
    for (const socket of accepted.slice(2)) connections.of(socket)?.authenticate();
    // Its request is still in progress, and was sent after the others were opened.
    used.socket.write(GET);
    while (served.length < 1) await new Promise(setImmediate);
    const newest = [await openRawSocket(url), await openRawSocket(url)];
    await silent.closed;
    await newest[0]?.closed;
    newest[1]?.socket.write(GET);
    known.socket.write(GET);
    while (served.length < 3) await new Promise(setImmediate);
    expect(actions).toEqual(['api evicted', 'api evicted']);
    for (const { socket } of [used, known, ...newest]) socket.destroy();
  });

  it('allows an incomplete body two seconds while it stops, then responds with 408', async () => {
    const clock = new ManualClock();
    const url = await start({ respond: false, clock });
    const { socket, closed } = await openRawSocket(url);
    socket.write(`${requestHead('POST / HTTP/1.1', 'Host: x', 'Content-Length: 10')}{`);
    while (served.length < 1) await new Promise(setImmediate);
    let isFinished = false;
    const finished = connections
      .finishRequests(60_000, () => false)
      .then(() => {
        isFinished = true;
      });
    await clock.advance(1990);
    expect(isFinished).toBe(false);
    await clock.advance(40);
    await finished;
    expect(statusesIn(await closed)).toEqual([408]);
  });

  it('accepts new requests while it drains, and closes each connection after its response, one in progress too', async () => {
    const url = await start({ respond: false });
    const [early, late] = [await openRawSocket(url), await openRawSocket(url)];
    early.socket.write(GET);
    while (served.length < 1) await new Promise(setImmediate);
    connections.drain();
    late.socket.write(GET);
    while (served.length < 2) await new Promise(setImmediate);
    for (const response of served) response.end('x');
    for (const { closed } of [early, late]) expect(await closed).toMatch(/^HTTP\/1\.1 200 [\s\S]+Connection: close/);
  });

  it('finishes requests before it resolves, within the limit', async () => {
    const url = await start({ respond: false });
    const [one, other] = [await openRawSocket(url), await openRawSocket(url)];
    one.socket.write(GET);
    other.socket.write(GET);
    while (served.length < 2) await new Promise(setImmediate);
    connections.drain();
    let isFinished = false;
    const finished = connections
      .finishRequests(60_000, () => false)
      .then(() => {
        isFinished = true;
      });
    served[0]?.end('x');
    await one.closed;
    expect(isFinished).toBe(false);
    served[1]?.end('x');
    await finished;
    expect(statusesIn(await other.closed)).toEqual([200]);
  });

  it('abandons a request that takes longer than the limit, and waits for work whose connection has closed', async () => {
    const clock = new ManualClock();
    const url = await start({ respond: false, clock });
    const { socket, closed } = await openRawSocket(url);
    socket.write(GET);
    while (served.length < 1) await new Promise(setImmediate);
    let isBusy = true;
    const finished = connections.finishRequests(1000, () => isBusy);
    await clock.advance(1001);
    await finished;
    const closing = connections.close();
    await clock.advance(1001);
    await closing;
    expect(await closed).toBe('');
    const again = connections.finishRequests(1000, () => isBusy);
    isBusy = false;
    await clock.advance(20);
    await again;
  });
});
