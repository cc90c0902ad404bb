import { makeApiKey } from '../../src/access/api-key';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { canary } from '../support/canaries';
import { openRawSocket, type RawSocket, requestHead, statusesIn } from '../support/raw-socket';
import { startService } from '../support/service-process';

const LIMIT = 20;
const MANAGEMENT_LIMIT = 64;

describe('one address that opens as many connections as there may be, without credentials', () => {
  let sandbox: Sandbox;
  const key = makeApiKey().key.reveal();

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it('keeps neither probes nor callers out, ends no connection of a caller, and is reported', async () => {
    const service = await startService(sandbox, {
      STAGEDOOR_API_KEY: key,
      SECRET_KEY: canary('the key', 40).value,
      MAX_CONNECTIONS: `${LIMIT}`,
      MANAGEMENT_PORT: '0',
      LOG_FORMAT: 'json',
    });
    const url = await service.listens();
    const [, management = ''] = await service.prints(/"managementUrl":"([^"]+)"/);
    const credentials = ['Host: x', `X-API-Key: ${key}`];
    const miss = await openRawSocket(url);
    await statuses(miss, requestHead('GET /api/v1/integrations HTTP/1.1', ...credentials), [200]);
    const hit = await openRawSocket(url);
    await statuses(hit, requestHead('GET /api/v1/integrations HTTP/1.1', ...credentials), [200]);

    const anonymous: RawSocket[] = [];
    for (const [base, count] of [
      [url, 3 * LIMIT],
      [management, 2 * MANAGEMENT_LIMIT],
    ] as const) {
      for (let opened = 0; opened < count; opened += 1) {
        const client = await openRawSocket(base);
        anonymous.push(client);
        await statuses(client, requestHead('GET /nope HTTP/1.1', 'Host: x'), [404]);
      }
    }

    expect((await fetch(`${management}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/me`, { headers: { 'x-api-key': key } })).status).toBe(200);
    for (const caller of [miss, hit]) {
      await statuses(caller, requestHead('GET /api/v1/me HTTP/1.1', ...credentials), [200, 200]);
    }
    const metrics = await (await fetch(`${management}/metrics`)).text();
    for (const port of ['api', 'management'])
      expect(metrics).toMatch(
        new RegExp(`stagedoor_connections_closed_at_limit_total\\{port="${port}",action="evicted"\\} \\d\\d`),
      );
    expect(metrics).not.toMatch(/action="rejected"\} [1-9]/);
    expect(service.output().match(/"event":"server.connection-limit"/g)).toHaveLength(2);
    for (const { socket } of [miss, hit, ...anonymous]) socket.destroy();
    expect(await service.stop()).toBe(0);
  });
});

/** Sends a request, and waits for its response: the last of those that were received on the connection. */
async function statuses({ socket, received }: RawSocket, request: string, expected: readonly number[]): Promise<void> {
  socket.write(request);
  while (statusesIn(received()).length < expected.length) {
    if (socket.destroyed) throw new Error('the connection was closed');
    await new Promise(setImmediate);
  }
  expect(statusesIn(received())).toEqual(expected);
}
