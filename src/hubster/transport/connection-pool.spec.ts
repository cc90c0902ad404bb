import { createServer, type Server } from 'node:http';
import type { LookupFunction } from 'node:net';
import { ManualClock } from '../../../test/support/manual-clock';
import { portOf } from '../../../test/support/ports';
import { ConnectionPool } from './connection-pool';

describe('ConnectionPool', () => {
  const servers: Server[] = [];
  let clock: ManualClock;
  let opened = 0;
  let address = '127.0.0.1';
  let connections: ConnectionPool;
  let origin: string;
  /** Responses that the first server holds back. */
  const held: (() => void)[] = [];

  const listen = async (host: string, port: number, name: string): Promise<number> => {
    const server = createServer((request, response) => {
      if (request.url === '/held') held.push(() => response.end(name));
      else response.end(name);
    });
    server.on('connection', () => {
      opened += 1;
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return portOf(server);
  };

  beforeEach(async () => {
    clock = new ManualClock();
    const port = await listen('127.0.0.1', 0, 'first');
    await listen('127.0.0.2', port, 'second');
    origin = `http://hubster.test:${port}`;
    const lookup: LookupFunction = (_name, _options, found) => found(null, [{ address, family: 4 }]);
    connections = new ConnectionPool(clock, { lookup });
  });
  afterEach(async () => {
    await connections.onApplicationShutdown();
    for (const server of servers) server.close();
  });

  const ask = async (path = '/') => {
    const { body } = await connections.dispatcher.request({ origin, path, method: 'GET' });
    const text = await body.text();
    // The connection is free for the next request once undici has seen the end of this one.
    await new Promise((resolve) => setImmediate(resolve));
    return text;
  };

  it('follow a name to another address while calls go on, and let what is under way end', async () => {
    expect(await ask()).toBe('first');
    address = '127.0.0.2';
    await clock.advance(44_999);
    expect(await ask()).toBe('first');
    const underWay = ask('/held');
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1);
    expect(await ask()).toBe('second');
    for (const end of held) end();
    expect(await underWay).toBe('first');
    const before = opened;
    for (let request = 0; request < 20; request += 1) expect(await ask()).toBe('second');
    expect(opened).toBe(before);
  });
});
