import { openRawSocket, requestHead, sendRaw, statusesIn } from '../support/raw-socket';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HOST = 'Host: stagedoor';
const CLOSE = 'Connection: close';

describe('broken or ambiguous requests', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  const key = () => `X-API-Key: ${stagedoor.keyOf('acme-app')}`;
  const create = (name: string) =>
    JSON.stringify({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });
  const createHead = (body: string, ...headers: readonly string[]) =>
    requestHead(
      `POST /api/v1/integrations/hubs/${HUBS.acme} HTTP/1.1`,
      ...[HOST, key(), 'Content-Type: application/json', `Content-Length: ${body.length}`, ...headers],
    );

  it.each([
    ['one byte too many behind a request that closes', CLOSE, 'x'],
    ['broken bytes behind a request in progress', 'X-A: b', 'hello\r\n\r\n'],
    ['headers without an end behind a request in progress', 'X-A: b', `GET / HTTP/1.1\r\nX: ${'a'.repeat(17 * 1024)}`],
    ['CONNECT behind a request in progress', 'X-A: b', requestHead('CONNECT h.io:443 HTTP/1.1', HOST)],
  ])('sends only the response to the write with %s', async (what, header, bytes) => {
    const body = create(what);
    const received = await sendRaw(stagedoor.url, createHead(body, header) + body + bytes);
    expect(statusesIn(received)).toEqual([200]);
    expect(received).toMatch(/\r\nConnection: close\r\n/i);
    const [, json = ''] = received.split('\r\n\r\n');
    expect(JSON.parse(json)).toMatchObject({ name: what });
  });

  it('sends no second status line within a streamed response when broken bytes follow', async () => {
    const [caller, path] = [key(), '/api/v1/audit/events'];
    const { socket, received, closed } = await openRawSocket(stagedoor.url);
    socket.write(requestHead(`GET ${path} HTTP/1.1`, HOST, caller, 'Accept: application/x-ndjson'));
    while (!received().includes('\r\n\r\n')) await new Promise(setImmediate);
    socket.write('hello\r\n\r\n');
    expect(statusesIn(await closed)[0]).toBe(200);
    expect((await closed).split('HTTP/1.1 ')[1]).toMatch(/\r\n0\r\n\r\n$/);
  });

  it('responds once with 400 and a request id to a body with a broken chunk', async () => {
    const head = requestHead(
      `POST /api/v1/integrations/hubs/${HUBS.acme} HTTP/1.1`,
      ...[HOST, key(), 'Content-Type: application/json', 'Transfer-Encoding: chunked', 'X-Request-Id: broken-chunk'],
    );
    const received = await sendRaw(stagedoor.url, `${head}5\r\n{"a":`, 'not a size\r\n');
    expect(statusesIn(received)).toEqual([400]);
    expect(received).toContain('x-request-id: broken-chunk');
  });

  it.each([
    ['gzip, chunked', '1.1', 501],
    ['chunked, chunked', '1.1', 400],
    ['chunked', '1.0', 400],
  ])(
    'Transfer-Encoding: %s in HTTP/%s is %i, not carried out, and the last on its connection',
    async (coding, version, status) => {
      const body = create('framed');
      const head = requestHead(
        `POST /api/v1/integrations/hubs/${HUBS.acme} HTTP/${version}`,
        ...[HOST, key(), 'Content-Type: application/json', 'Connection: keep-alive', `Transfer-Encoding: ${coding}`],
      );
      const writesSent = async () => (await stagedoor.hubsterCalls()).filter(({ method }) => method === 'POST').length;
      const before = await writesSent();
      const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      const received = await sendRaw(stagedoor.url, head + chunks + createHead(body) + body);
      expect(statusesIn(received)).toEqual([status]);
      expect(received).toMatch(/application\/problem\+json/);
      expect(await writesSent()).toBe(before);
    },
  );

  it('Transfer-Encoding: Chunked, in any case of its letters, is read', async () => {
    const body = create('chunks');
    const head = requestHead(
      `POST /api/v1/integrations/hubs/${HUBS.acme} HTTP/1.1`,
      ...[HOST, key(), CLOSE, 'Content-Type: application/json', 'Transfer-Encoding: Chunked'],
    );
    const received = await sendRaw(stagedoor.url, `${head}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    expect(statusesIn(received)).toEqual([200]);
  });

  it.each([
    ['no Host', []],
    ['two Hosts', [HOST, 'Host: other']],
    ['two equal Hosts', [HOST, HOST]],
  ])('rejects %s with 400, as a problem with a request id', async (_what, hosts) => {
    const received = await sendRaw(stagedoor.url, requestHead('GET /health/live HTTP/1.1', ...hosts, CLOSE));
    expect(received).toMatch(/^HTTP\/1\.1 400 [\s\S]+application\/problem\+json[\s\S]+"parameter":"Host"/);
    const [, requestId] = /x-request-id: (\S+)/.exec(received) ?? [];
    expect(received).toContain(`"requestId":"${requestId}"`);
  });

  it('accepts HTTP/1.0 without Host', async () => {
    expect(statusesIn(await sendRaw(stagedoor.url, requestHead('GET /health/live HTTP/1.0')))).toEqual([200]);
  });

  it.each(['X-API-Key', 'Authorization', 'X-Tenant-Id', 'Idempotency-Key', 'X-On-Behalf-Of', 'X-Request-Timeout-Ms'])(
    'rejects %s twice with 400, in upper or lower case',
    async (name) => {
      const twice = [`${name}: 1000`, `${name.toLowerCase()}: 2000`];
      const head = requestHead('GET /api/v1/integrations HTTP/1.1', HOST, CLOSE, ...twice);
      expect(await sendRaw(stagedoor.url, head)).toMatch(new RegExp(`^HTTP/1\\.1 400 [\\s\\S]+"parameter":"${name}"`));
    },
  );

  it('rejects Content-Type twice with 400 before the body is read', async () => {
    const body = create('two types');
    const received = await sendRaw(stagedoor.url, createHead(body, CLOSE, 'Content-Type: text/plain') + body);
    expect(statusesIn(received)).toEqual([400]);
  });

  it('accepts list headers in several lines: If-Match, If-None-Match, Prefer, Cache-Control, Accept', async () => {
    const lines = [
      'If-Match: "a"',
      'If-Match: "b"',
      'Prefer: a',
      'Prefer: handling=lenient',
      'Accept: a/b',
      'Accept: */*',
    ];
    const head = requestHead('GET /api/v1/me HTTP/1.1', HOST, CLOSE, key(), ...lines);
    expect(statusesIn(await sendRaw(stagedoor.url, head))).toEqual([200]);
  });

  it('rejects more than 2,000 header lines with 431, so that an If-Match behind them is not ignored', async () => {
    const padding = Array<string>(2_000).fill('a:');
    const [line, body] = [`DELETE /api/v1/integrations/${HUBS.acme} HTTP/1.1`, 'If-Match: "not this one"'];
    const received = await sendRaw(stagedoor.url, requestHead(line, HOST, CLOSE, key(), ...padding, body));
    expect(received).toMatch(/^HTTP\/1\.1 431 [\s\S]+application\/problem\+json/);
  });

  it('rejects an unknown expectation with 417, as a problem', async () => {
    const head = requestHead('GET /health/live HTTP/1.1', HOST, CLOSE, 'Expect: a-miracle');
    expect(await sendRaw(stagedoor.url, head)).toMatch(/^HTTP\/1\.1 417 [\s\S]+application\/problem\+json/);
  });

  it.each([
    '/docs/..',
    '/docs/%2e%2e',
    '/docs/../../etc/passwd',
    '/docs//',
    '/problems/..',
    '//docs',
    '/docs/.',
    '/..',
  ])('responds to %s with 404', async (path) => {
    const received = await sendRaw(stagedoor.url, requestHead(`GET ${path} HTTP/1.1`, HOST, CLOSE));
    expect(statusesIn(received)).toEqual([404]);
  });

  it('records an IPv4 client with its IPv4 address when the service listens on IPv6, too', async () => {
    const both = await startStagedoor({ env: { HOST: '::' }, sandbox: stagedoor.sandbox });
    const url = `http://127.0.0.1:${new URL(both.url).port}`;
    await sendRaw(url, requestHead('GET /api/v1/me HTTP/1.1', HOST, CLOSE));
    const known = [HOST, CLOSE, `X-API-Key: ${both.keyOf('acme-app')}`, 'Content-Length: 0'];
    await sendRaw(url, requestHead(`POST /api/v1/integrations/hubs/${HUBS.acme} HTTP/1.1`, ...known));
    while ((await both.trail()).filter(({ address }) => address !== undefined).length < 2)
      await new Promise(setImmediate);
    const addresses = (await both.trail()).map(({ address }) => address).filter((address) => address !== undefined);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    await both.close();
  });

  it('ignores an upgrade and serves the request', async () => {
    const upgrade = ['Connection: Upgrade, close', 'Upgrade: websocket'];
    expect(
      statusesIn(await sendRaw(stagedoor.url, requestHead('GET /health/live HTTP/1.1', HOST, ...upgrade))),
    ).toEqual([200]);
  });
});
