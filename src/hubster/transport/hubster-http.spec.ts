import { createServer, type Server } from 'node:http';
import type { LookupFunction } from 'node:net';
import { ManualClock } from '../../../test/support/manual-clock';
import { networkSettings } from '../../../test/support/network-settings';
import { portOf } from '../../../test/support/ports';
import { ConnectionPool } from './hubster-http';

describe('ConnectionPool', () => {
  const servers: Server[] = [];
  let clock: ManualClock;
  let opened = 0;
  let address = '127.0.0.1';
  let connections: ConnectionPool;
  let origin: string;
  /** Functions that end the delayed responses of the first server. */
  const delayed: (() => void)[] = [];

  const listen = async (host: string, port: number, name: string): Promise<number> => {
    const server = createServer((request, response) => {
      if (request.url === '/delayed') delayed.push(() => response.end(name));
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
    connections = new ConnectionPool(clock, { network: networkSettings() }, { lookup });
  });
  afterEach(async () => {
    await connections.onApplicationShutdown();
    for (const server of servers) server.close();
  });

  const get = async (path = '/') => {
    const { body } = await connections.dispatcher.request({ origin, path, method: 'GET' });
    const text = await body.text();
    // undici frees the connection for the next request a tick after the end of this one.
    await new Promise((resolve) => setImmediate(resolve));
    return text;
  };

  it('connects to the new address of a name during calls, and lets requests under way end [S-874]', async () => {
    expect(await get()).toBe('first');
    address = '127.0.0.2';
    await clock.advance(44_999);
    expect(await get()).toBe('first');
    const underWay = get('/delayed');
    while (delayed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1);
    expect(await get()).toBe('second');
    for (const end of delayed) end();
    expect(await underWay).toBe('first');
    const before = opened;
    for (let request = 0; request < 20; request += 1) expect(await get()).toBe('second');
    expect(opened).toBe(before);
  });
});
