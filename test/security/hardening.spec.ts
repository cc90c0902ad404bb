import { once } from 'node:events';
import { connect } from 'node:net';
import { RequestHook } from '../../src/api/hooks/request.hook';
import { Metrics } from '../../src/observability/metrics/metrics';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

describe('hostile requests', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  /** Sends arbitrary bytes; resolves to all that was received when the server closes the connection. */
  async function raw(...chunks: readonly string[]): Promise<string> {
    const { port } = new URL(stagedoor.url);
    const socket = connect(Number(port), '127.0.0.1');
    let response = '';
    socket.on('data', (chunk) => {
      response += chunk.toString();
    });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    for (const chunk of chunks) socket.write(chunk);
    await once(socket, 'close');
    return response;
  }

  const head = (line: string, ...headers: readonly string[]) =>
    [line, 'Host: stagedoor', 'Connection: close', ...headers, '', ''].join('\r\n');

  it('limits headers to 10 s and a request to 30 s, checked every second', () => {
    const server: object = stagedoor.app.getHttpServer();
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 });
  });

  it('rejects headers over 16 KiB without a hint at its software', async () => {
    const response = await raw(head('GET /api/v1/me HTTP/1.1', `X-Padding: ${'a'.repeat(17 * 1024)}`));
    expect(response).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n[\s\S]+"status":431/);
    expect(response).toContain('application/problem+json');
    expect(response).not.toMatch(/node|fastify|nest|at .+\.js/i);
    for (const header of ['x-content-type-options: nosniff', "frame-ancestors 'none'", 'cache-control: no-store'])
      expect(response).toContain(header);
    const [, requestId] = /x-request-id: (\S+)/.exec(response) ?? [];
    expect(response).toContain(`"requestId":"${requestId}"`);
  });

  it.each([
    ['bytes that are no request', 'hello\r\n\r\n'],
    ['a folded header line', head('GET /api/v1/me HTTP/1.1', 'X-A: b', ' c')],
    ['two values of Content-Length', `${head('POST /api/v1/me HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2')}ab`],
    [
      'Content-Length with chunks',
      `${head('POST /api/v1/me HTTP/1.1', 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
    ['a zero byte in a header', head('GET /api/v1/me HTTP/1.1', 'X-A: b\0c')],
  ])('rejects %s with 400 and closes the connection', async (_what, request) => {
    expect(await raw(request)).toMatch(/^HTTP\/1\.1 400 [\s\S]+"retryable":false/);
  });

  it.each(['TRACE', 'CONNECT', 'PROPFIND', 'FOO'])('neither executes nor echoes %s', async (method) => {
    const response = await raw(head(`${method} /api/v1/me HTTP/1.1`, 'X-Echo: hunter2'));
    expect(response).not.toMatch(/^HTTP\/1\.1 2/);
    expect(response).not.toContain('hunter2');
  });

  it('rejects a body over 256 KiB before it is complete, with Content-Length and with chunks', async () => {
    const key = `X-API-Key: ${stagedoor.keyOf('acme-app')}`;
    const line = `POST /api/v1/integrations/hubs/${HUBS.acme} HTTP/1.1`;
    const json = 'Content-Type: application/json';
    const withLength = await raw(head(line, key, json, `Content-Length: ${256 * 1024 + 1}`));
    expect(withLength).toMatch(/^HTTP\/1\.1 413 [\s\S]+body-too-large/);
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const chunked = await raw(head(line, key, json, 'Transfer-Encoding: chunked'), ...Array<string>(5).fill(chunk));
    expect(chunked).toMatch(/^HTTP\/1\.1 413 [\s\S]+body-too-large/);
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])('ignores %s', async (header) => {
    await stagedoor.as('acme-app').get('/api/v1/cache').set(header, 'DELETE').expect(405);
    const { body } = await stagedoor.as('acme-app').post('/api/v1/me?_method=GET').set(header, 'GET').expect(405);
    expect(body.code).toBe('method-not-allowed');
  });

  it('ignores identity headers of a proxy', async () => {
    const { body } = await stagedoor
      .as('reader')
      .get('/api/v1/me')
      .set({
        'x-user-id': 'root',
        'x-forwarded-user': 'root',
        'x-forwarded-for': '1.2.3.4',
        'x-forwarded-host': 'evil',
      })
      .set({
        'x-original-url': '/metrics',
        'x-rewrite-url': '/metrics',
        'x-on-behalf-of': 'root',
        forwarded: 'for=evil',
      })
      .expect(200);
    expect(body).toMatchObject({ caller: 'reader', tenant: 'acme', scopes: ['integrations:read'] });
  });

  it('sends security headers for browsers with every response, and no Server or X-Powered-By', async () => {
    for (const path of ['/api/v1/me', '/nowhere', '/health/live', '/docs', '/openapi.json', '/%zz']) {
      const { headers } = await stagedoor.as('reader').get(path);
      expect([path, headers['x-content-type-options'], headers['x-frame-options']]).toEqual([path, 'nosniff', 'DENY']);
      expect([path, headers['content-security-policy']]).toEqual([
        path,
        expect.stringContaining("frame-ancestors 'none'"),
      ]);
      expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
    }
  });

  it('forbids shared caches to store responses to callers', async () => {
    const routes = stagedoor.app
      .get(RequestHook)
      .routes.routes.filter(({ declaration }) => declaration?.access === 'caller');
    expect(routes.length).toBeGreaterThanOrEqual(10);
    for (const { url, methods } of routes.filter((route) => route.methods.includes('GET'))) {
      const path = url.replace(/:channel\w+/, 'Direct').replaceAll(/:\w+/g, HUBS.acme);
      for (const caller of ['acme-app', undefined]) {
        const { headers } = await stagedoor.as(caller).get(path);
        expect([path, methods, headers['cache-control']]).toEqual([
          path,
          methods,
          expect.stringMatching(/^(private, no-cache|no-store)$/),
        ]);
      }
    }
  });

  it('shows no full version of Node, in metrics either', async () => {
    stagedoor.app.get(Metrics).observeProcess();
    const { text } = await stagedoor.as().get('/metrics').expect(200);
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain(process.versions.node);
  });

  it('allows no origin without CORS_ORIGINS', async () => {
    const origin = 'https://app.example.com';
    const responses = [
      await stagedoor.as('reader').get('/api/v1/me').set('origin', origin).expect(200),
      await stagedoor.as().options('/api/v1/me').set({ origin, 'access-control-request-method': 'GET' }).expect(204),
    ];
    for (const { headers } of responses) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('allows only the origins of CORS_ORIGINS to send preflights and to read responses', async () => {
    const [origin, another] = ['https://app.example.com', 'https://other.example'];
    const open = await startStagedoor({ env: { CORS_ORIGINS: `${origin},${another}` }, sandbox: stagedoor.sandbox });
    const preflight = (from: string, path: string) =>
      open.as().options(path).set({
        origin: from,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'x-api-key,if-match,tracestate',
      });
    const { headers } = await preflight(origin, `/api/v1/integrations/${HUBS.acme}`).expect(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH',
      'access-control-allow-headers': expect.stringMatching(/X-API-Key.+If-Match.+tracestate/),
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    const list = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
    for (const [from, path, caller, status] of [
      [origin, list, 'acme-app', 200],
      [another, list, 'acme-app', 200],
      [origin, '/api/v1/me', undefined, 401],
      [origin, '/nowhere', undefined, 404],
    ] as const) {
      const response = await open.as(caller).get(path).set('origin', from).expect(status);
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': from,
        'access-control-expose-headers': expect.stringMatching(/ETag.+RateLimit.+X-Request-Id/),
        vary: expect.stringMatching(/Origin$/),
      });
    }
    const evil = 'https://evil.example';
    for (const response of [
      await preflight(evil, '/api/v1/me').expect(204),
      await open.as('acme-app').get('/api/v1/me').set('origin', evil).expect(200),
    ]) {
      expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(response.headers['vary']).toBe('Origin');
    }
    await preflight(origin, '/nowhere').expect(404);
    await open.close();
  });
});
