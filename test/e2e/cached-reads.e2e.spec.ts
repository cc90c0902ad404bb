import { once } from 'node:events';
import { connect } from 'node:net';
import { CachedReads } from '../../src/api/hooks/cached-reads';
import { Metrics } from '../../src/observability/metrics';
import { KNOWN_SECRETS } from '../../src/secrets/known-secrets';
import { Secret } from '../../src/secrets/secret';
import { ManualClock } from '../support/manual-clock';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const BASE = '/api/v1/integrations';
const webChat = { channelId: 'WebChat', name: 'on the fast path', configuration: { allowedOrigins: ['localhost'] } };

type Headers = Readonly<Record<string, string>>;

/** Sends a request on a new connection; resolves to all bytes of the response but its date. */
async function rawResponse(url: string, path: string, headers: Headers, method = 'GET'): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({ Host: hostname, 'X-Request-Id': 'same', ...headers }).map(([k, v]) => `${k}: ${v}`);
  socket.write(`${[`${method} ${path} HTTP/1.1`, ...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^Date: .*\r\n/m, '');
}

describe('the fast path for cache hits', () => {
  const clock = new ManualClock();
  let stagedoor: Stagedoor;
  let one: string;
  let etag: string;
  let key: string;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ clock, hubs: { acme: [HUBS.acme, HUBS.acmeSecond] } });
    key = stagedoor.keyOf('acme-app');
    const { body } = await stagedoor.as('acme-app').post(`${BASE}/hubs/${HUBS.acme}`).send(webChat).expect(200);
    one = `${BASE}/${body.integrationId}`;
    const response = await stagedoor.as('acme-app').get(one).expect(200);
    etag = response.headers['etag'] ?? '';
    for (const path of [`${BASE}/hubs/${HUBS.acme}/WebChat`, `${BASE}?hubId=${HUBS.acme}`, `${BASE}/${HUBS.acme}`]) {
      await stagedoor.as('acme-app').get(path);
    }
    await stagedoor.as('globex-app').get(one).expect(404);
    await clock.advance(2_500);
  });
  afterAll(() => stagedoor.close());
  afterEach(() => jest.restoreAllMocks());

  const fastPath = () => stagedoor.app.get(CachedReads);

  /** The same request on the fast path and through Fastify; `isTaken`: whether the fast path served it. */
  async function bothWays(path: string, headers: Headers, method?: string) {
    const response = jest.spyOn(fastPath(), 'respond');
    const onFastPath = await rawResponse(stagedoor.url, path, headers, method);
    const isTaken = response.mock.results.some(({ value }) => value === true);
    response.mockReturnValue(false);
    const viaFastify = await rawResponse(stagedoor.url, path, headers, method);
    return { onFastPath, viaFastify, isTaken };
  }

  const withKey = () => ({ 'X-API-Key': key });
  const TAKEN: readonly (readonly [string, () => string, () => Headers, RegExp])[] = [
    ['one', () => one, withKey, /^HTTP\/1.1 200 OK\r\n/],
    ['one, in capitals', () => one.replace(/[^/]+$/, (id) => id.toUpperCase()), withKey, /^HTTP\/1.1 200/],
    ['one, with a bearer key', () => one, () => ({ Authorization: `Bearer ${key}` }), /^HTTP\/1.1 200/],
    ['one, for a named tenant', () => one, () => ({ ...withKey(), 'X-Tenant-Id': 'acme' }), /^HTTP\/1.1 200/],
    ['one that the caller has', () => one, () => ({ ...withKey(), 'If-None-Match': etag }), /^HTTP\/1.1 304/],
    ['one of another tag', () => one, () => ({ ...withKey(), 'If-None-Match': '"x"' }), /^HTTP\/1.1 200/],
    ['a channel of a hub', () => `${BASE}/hubs/${HUBS.acme}/WebChat`, withKey, /^HTTP\/1.1 200/],
    ['a channel in another case', () => `${BASE}/hubs/${HUBS.acme}/webchat`, withKey, /^HTTP\/1.1 200/],
    ['the collection, with its links', () => `${BASE}?hubId=${HUBS.acme}`, withKey, /\r\nlink: </],
    ['the same page, spelt out', () => `${BASE}?pageSize=50&hubId=${HUBS.acme}&pageNumber=0`, withKey, /\r\nlink: </],
  ];

  it.each(TAKEN)('sends the same bytes as Fastify: %s', async (_what, path, headers, expected) => {
    const { onFastPath, viaFastify, isTaken } = await bothWays(path(), headers());
    expect(isTaken).toBe(true);
    expect(onFastPath).toBe(viaFastify);
    expect(onFastPath).toMatch(expected);
    expect(onFastPath).toContain('age: 2\r\n');
  });

  const LEFT: readonly (readonly [string, () => string, () => Headers, RegExp])[] = [
    ['no credentials', () => one, () => ({}), /^HTTP\/1.1 401/],
    ['a wrong key', () => one, () => ({ 'X-API-Key': 'sd_wrong' }), /^HTTP\/1.1 401/],
    ["another tenant's key", () => one, () => ({ 'X-API-Key': stagedoor.keyOf('globex-app') }), /^HTTP\/1.1 404/],
    ['a tenant it may not use', () => one, () => ({ ...withKey(), 'X-Tenant-Id': 'globex' }), /^HTTP\/1.1 403/],
    ['a cached 404', () => `${BASE}/${HUBS.acme}`, withKey, /^HTTP\/1.1 404/],
    ['a hub it may not use', () => `${BASE}/hubs/${HUBS.globex}/WebChat`, withKey, /^HTTP\/1.1 404/],
    ['a collection without its required hubId', () => BASE, withKey, /^HTTP\/1.1 400/],
    ['a parameter twice', () => `${BASE}?hubId=${HUBS.acme}&hubId=${HUBS.acme}`, withKey, /^HTTP\/1.1 400/],
    ['an unknown parameter', () => `${one}?x=1`, withKey, /^HTTP\/1.1 400/],
    ['an impossible timeout', () => one, () => ({ ...withKey(), 'X-Request-Timeout-Ms': '1' }), /^HTTP\/1.1 400/],
    ['a slash too much', () => `${one}/`, withKey, /^HTTP\/1.1 404/],
    ['no id', () => `${BASE}/none`, withKey, /^HTTP\/1.1 400/],
  ];

  it.each(LEFT)('leaves to Fastify: %s', async (_what, path, headers, expected) => {
    const { onFastPath, viaFastify, isTaken } = await bothWays(path(), headers());
    expect(isTaken).toBe(false);
    expect(onFastPath).toBe(viaFastify);
    expect(onFastPath).toMatch(expected);
  });

  it('leaves no-cache to Fastify', async () => {
    const { onFastPath, isTaken } = await bothWays(`${BASE}/hubs/${HUBS.acme}/WebChat`, {
      ...withKey(),
      'Cache-Control': 'no-cache',
    });
    expect(isTaken).toBe(false);
    expect(onFastPath).toContain('cache-status: stagedoor; fwd=request; stored\r\n');
  });

  it('leaves HEAD to Fastify', async () => {
    const { onFastPath, viaFastify, isTaken } = await bothWays(one, withKey(), 'HEAD');
    expect(isTaken).toBe(false);
    expect(onFastPath).toBe(viaFastify);
    expect(onFastPath).toMatch(/^HTTP\/1.1 200/);
  });

  it('leaves a stale entry to Fastify', async () => {
    const path = `${BASE}/hubs/${HUBS.acmeSecond}/WebChat`;
    await stagedoor.as('acme-app').get(path).expect(200);
    await clock.advance(16_600);
    const { onFastPath, isTaken } = await bothWays(path, withKey());
    expect(isTaken).toBe(false);
    expect(onFastPath).toContain('detail=stale-while-revalidate');
  });

  it('counts and logs once, like Fastify', async () => {
    const path = `${BASE}/hubs/${HUBS.acme}/System`;
    await stagedoor.as('acme-app').get(path).expect(200);
    const response = jest.spyOn(fastPath(), 'respond');
    const onFastPath = await traceOf(path);
    expect(response.mock.results).toContainEqual({ type: 'return', value: true });
    response.mockReturnValue(false);
    const viaFastify = await traceOf(path);

    expect(onFastPath).toEqual(viaFastify);
    expect(onFastPath.counted).toEqual([
      'stagedoor_cache_results_total{result="memory"} +1',
      'stagedoor_request_duration_seconds_count{method="GET",route="/api/v1/integrations/hubs/:hubId/:channelType"} +1',
      'stagedoor_requests_total{method="GET",route="/api/v1/integrations/hubs/:hubId/:channelType",status="200"} +1',
    ]);
    expect(onFastPath.lines).toEqual([
      expect.objectContaining({ requestId: 'same', tenant: 'acme', caller: 'acme-app', status: 200, attempts: 0 }),
    ]);
  });

  it('sends each of the hits of one tick its own response, in the order of the connection', async () => {
    const paths = [one, `${BASE}/hubs/${HUBS.acme}/WebChat`, `${BASE}?hubId=${HUBS.acme}`];
    const bodies = await Promise.all(paths.map(async (path) => (await stagedoor.as('acme-app').get(path)).text));
    const ticks = jest.spyOn(global, 'setImmediate');
    const requests = Array.from({ length: 8 }, (_, index) =>
      [`GET ${paths[index % 3]} HTTP/1.1`, 'Host: x', `X-API-Key: ${key}`, `X-Request-Id: hit-${index}`].join('\r\n'),
    );
    const { hostname, port } = new URL(stagedoor.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(`${requests.join('\r\n\r\n')}\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');

    const responses = Buffer.concat(chunks).toString().split('HTTP/1.1 200 OK\r\n').slice(1);
    expect(responses.map((response) => /x-request-id: (.*)\r\n/.exec(response)?.[1])).toEqual(
      requests.map((_, index) => `hit-${index}`),
    );
    expect(responses.map((response) => response.replace(/^.*\r\n\r\n/s, ''))).toEqual(
      requests.map((_, index) => bodies[index % 3]),
    );
    expect(ticks.mock.calls.length).toBeLessThan(requests.length);
  });

  it('serves others when a caller disconnects before the end of the tick', async () => {
    const target = fastPath();
    const find = target.respond.bind(target);
    jest.spyOn(target, 'respond').mockImplementationOnce((request, response) => {
      const isTaken = find(request, response);
      request.socket.destroy();
      return isTaken;
    });
    const gone = await rawResponse(stagedoor.url, one, withKey());
    expect(gone).toBe('');
    expect(await rawResponse(stagedoor.url, one, withKey())).toMatch(/^HTTP\/1.1 200/);
  });

  it('masks a secret that a caller sends as the id of its request, like Fastify', async () => {
    KNOWN_SECRETS.remember('configured', Secret.of('sent-as-an-id'));
    const response = jest.spyOn(fastPath(), 'respond');
    const seen = stagedoor.logs.length;
    await rawResponse(stagedoor.url, one, { ...withKey(), 'X-Request-Id': 'sent-as-an-id' });
    response.mockReturnValue(false);
    await rawResponse(stagedoor.url, one, { ...withKey(), 'X-Request-Id': 'sent-as-an-id' });
    await new Promise(setImmediate);
    expect(stagedoor.logs.slice(seen).map((line) => JSON.parse(line).requestId)).toEqual(['********', '********']);
  });

  /** The lines that one request adds to the log, and its changes of metrics. */
  async function traceOf(path: string) {
    const before = await figures();
    const seen = stagedoor.logs.length;
    await rawResponse(stagedoor.url, path, { ...withKey(), traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
    await new Promise(setImmediate);
    const written = stagedoor.logs.slice(seen).map((line) => ({ ...JSON.parse(line), time: 0 }));
    const lines = written.filter(({ msg }) => msg === 'request');
    const after = await figures();
    const counted = [...after].flatMap(([name, value]) => {
      const grown = value - (before.get(name) ?? 0);
      return grown === 0 || /_bucket|metrics/.test(name) ? [] : [`${name} +${grown}`];
    });
    return { lines, counted: counted.sort() };
  }

  async function figures(): Promise<ReadonlyMap<string, number>> {
    const text = await stagedoor.app.get(Metrics).registry.metrics();
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(samples.map((line) => [line.replace(/ \S+$/, ''), Number(line.replace(/^.* /, ''))]));
  }
});

describe.each<[string, Headers, number]>([
  ['AUDIT_LEVEL=all, where every read leaves a record', { AUDIT_LEVEL: 'all' }, 0],
  ['CORS, whose headers the request hook adds', { CORS_ORIGINS: 'https://app.example.com' }, 0],
  ['LOG_SAMPLE=0, which logs no line', { LOG_SAMPLE: '0' }, 1],
])('the fast path with %s', (_what, env, taken) => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env });
  });
  afterAll(() => stagedoor.close());

  it(`serves ${taken} of 1 hits`, async () => {
    const path = `${BASE}/hubs/${HUBS.acme}/WebChat`;
    await stagedoor.as('acme-app').get(path).expect(200);
    const response = jest.spyOn(stagedoor.app.get(CachedReads), 'respond');
    const seen = stagedoor.logs.length;
    await stagedoor
      .as('acme-app')
      .get(path)
      .expect(200)
      .expect('cache-status', /^stagedoor; hit/);
    expect(response.mock.results.filter(({ value }) => value === true)).toHaveLength(taken);
    expect(stagedoor.logs.slice(seen).filter((line) => line.includes('"cache":'))).toHaveLength(
      env['LOG_SAMPLE'] ? 0 : 1,
    );
  });
});
