import { readFile } from 'node:fs/promises';
import { makeApiKey } from '../../src/access/api-key';
import { canary } from '../support/canaries';
import { raw, StubServer } from '../support/hubster/stub-server';
import { openRawSocket, type RawSocket, requestHead } from '../support/raw-socket';
import { startProcess } from '../support/service-process';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const LIST = '/api/v1/integrations';

jest.setTimeout(120_000);

describe('capacity that one caller takes is not missed by others [N2]', () => {
  let stagedoor: Stagedoor;
  const sockets: RawSocket[] = [];
  let created = 0;

  beforeAll(async () => {
    stagedoor = await startStagedoor({
      callers: [
        { id: 'writer', tenants: ['acme'] },
        { id: 'verifier', tenants: ['acme'], scopes: ['webhooks:verify'] },
        { id: 'globex-writer', tenants: ['globex'] },
      ],
      tenantsFile: { passthrough: true },
    });
  });
  afterEach(() => {
    for (const { socket } of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => stagedoor.close());

  /** Sends the head of a request and so many bytes of its body of 256 KiB, 64 times. */
  async function hold(path: string, credential: string, bytes: number): Promise<void> {
    const head = requestHead(
      `POST ${path} HTTP/1.1`,
      'Host: x',
      credential,
      'Content-Type: application/json',
      'Content-Length: 262144',
    );
    const opened = await Promise.all(Array.from({ length: 64 }, () => openRawSocket(stagedoor.url)));
    sockets.push(...opened);
    await Promise.all(
      opened.map(({ socket }) => new Promise((resolve) => socket.write(head + 'x'.repeat(bytes), resolve))),
    );
  }

  async function create(caller: string, hub: string): Promise<number> {
    created += 1;
    const { status } = await stagedoor
      .as(caller)
      .post(`${LIST}/hubs/${hub}`)
      .send({
        ...{ channelId: 'WebChat', name: `written ${created}` },
        configuration: { allowedOrigins: ['https://a.example.com'] },
      });
    return status;
  }

  it.each([0, 262_143])(
    '64 bodies of a caller that may not write, of which %d bytes come, stop no write',
    async (bytes) => {
      await hold('/api/v1/webhooks/verify', `X-API-Key: ${stagedoor.keyOf('verifier')}`, bytes);
      expect(await create('writer', HUBS.acme)).toBe(200);
      expect(await create('globex-writer', HUBS.globex)).toBe(200);
    },
  );

  it.each([0, 262_143])('320 bodies of five portal tokens, of which %d bytes come, stop no write', async (bytes) => {
    for (let token = 0; token < 5; token += 1) {
      await hold(`${LIST}/hubs/${HUBS.acme}`, `Authorization: Bearer ${await stagedoor.portalToken()}`, bytes);
    }
    expect(await create('writer', HUBS.acme)).toBe(200);
    expect(await create('globex-writer', HUBS.globex)).toBe(200);
  });
});

describe('large responses that a caller does not read [N2]', () => {
  const CONNECTIONS = 8;
  const PIPELINED = 8;
  const MAX_GROWTH_MIB = 300;

  it(`${CONNECTIONS * PIPELINED} of 7 MiB keep resident memory within ${MAX_GROWTH_MIB} MiB more, and it is served again when it has gone`, async () => {
    const hubster = await StubServer.start();
    hubster.portal = [raw(200, largeList(), { 'content-type': 'application/json' })];
    const key = makeApiKey().key.reveal();
    const service = await startProcess(
      'dist/main.js',
      {
        ...{ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', LOG_FORMAT: 'pretty', CACHE_MEMORY_MB: '16' },
        ...{ HUBSTER_PORTAL_URL: hubster.url.href, HUBSTER_IDENTITY_URL: hubster.url.href },
        ...{ HUBSTER_CLIENT_ID: 'client', HUBSTER_CLIENT_SECRET: canary('client secret', 24).value },
        ...{ STAGEDOOR_API_KEY: key, SECRET_KEY: canary('the key', 40).value },
      },
      { learnsFromHubster: false },
    );
    const url = await service.listens();
    const { pid = 0 } = service.process;
    const read = async (page: number): Promise<number> => {
      const response = await fetch(`${url}${LIST}?pageNumber=${page}`, { headers: { 'x-api-key': key } });
      await response.arrayBuffer();
      return response.status;
    };
    await read(3000);
    const before = await residentMiB(pid);
    const readers: RawSocket[] = [];
    for (let connection = 0; connection < CONNECTIONS; connection += 1) {
      const opened = await openRawSocket(url);
      readers.push(opened);
      opened.socket.pause();
      for (let page = connection * PIPELINED; page < (connection + 1) * PIPELINED; page += 1) {
        opened.socket.write(requestHead(`GET ${LIST}?pageNumber=${page} HTTP/1.1`, 'Host: x', `X-API-Key: ${key}`));
      }
      // Those of one tenant are served in the order in which they came, so this one ends after them.
      await read(1000 + connection);
    }
    const grown = (await residentMiB(pid)) - before;
    process.stdout.write(`${grown.toFixed(0)} MiB more\n`);
    expect(grown).toBeLessThan(MAX_GROWTH_MIB);
    expect(await read(2000)).toBe(503);
    for (const { socket } of readers) socket.destroy();
    while ((await read(2001)) !== 200) await new Promise(setImmediate);
    expect(await service.stop()).toBe(0);
    await hubster.close();
  });
});

function largeList(): string {
  const results = Array.from({ length: 500 }, (_, index) => ({
    integrationId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    hubId: HUBS.acme,
    channelId: 'WebChat',
    integrationTypeId: 'Customer',
    name: `n${index}`,
    statusId: 3000,
    configuration: { allowedOrigins: ['a.b'], start: [{ type: 'text', text: 'x'.repeat(14_000) }] },
  }));
  return JSON.stringify({ results, pageNumber: 0, pageSize: 100, total: results.length });
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024;
}
