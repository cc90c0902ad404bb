import { once } from 'node:events';
import { connect } from 'node:net';
import { CachedReads } from '../../src/api/hooks/cached-reads';
import { Metrics } from '../../src/observability/metrics/metrics';
import { KNOWN_SECRETS } from '../../src/secrets/known-secrets';
import { MASK, Secret } from '../../src/secrets/secret';
import { ManualClock } from '../support/manual-clock';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const BASE = '/api/v1/integrations';
const webChat = { channelId: 'WebChat', name: 'cached', configuration: { allowedOrigins: ['localhost'] } };

type Headers = Readonly<Record<string, string>>;

const isFound = ({ type, value }: { type: string; value: unknown }) => type === 'return' && value !== undefined;

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

describe('the hook for cached reads', () => {
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

  const cachedReads = () => stagedoor.app.get(CachedReads);

  /** The same request with the hook and with the handler only; `isServed`: whether the hook served it. */
  async function bothWays(path: string, headers: Headers, method?: string) {
    const find = jest.spyOn(cachedReads(), 'find');
    const withHook = await rawResponse(stagedoor.url, path, headers, method);
    const isServed = find.mock.results.some(isFound);
    find.mockReturnValue(undefined);
    const byHandler = await rawResponse(stagedoor.url, path, headers, method);
    return { withHook, byHandler, isServed };
  }

  const withKey = () => ({ 'X-API-Key': key });
  const SERVED: readonly (readonly [string, () => string, () => Headers, RegExp])[] = [
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

  it.each(SERVED)('sends the same bytes as the handler: %s', async (_what, path, headers, expected) => {
    const { withHook, byHandler, isServed } = await bothWays(path(), headers());
    expect(isServed).toBe(true);
    expect(withHook).toBe(byHandler);
    expect(withHook).toMatch(expected);
    expect(withHook).toContain('age: 2\r\n');
  });

  const OTHERS: readonly (readonly [string, () => string, () => Headers, RegExp])[] = [
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
    ['an empty id', () => `${BASE}/`, withKey, /^HTTP\/1.1 404/],
    ['an empty channel', () => `${BASE}/hubs/${HUBS.acme}/`, withKey, /^HTTP\/1.1 404/],
    ['an empty hub', () => `${BASE}/hubs//WebChat`, withKey, /^HTTP\/1.1 404/],
  ];

  it.each(OTHERS)('leaves to the handler, or rejects like it: %s', async (_what, path, headers, expected) => {
    const { withHook, byHandler, isServed } = await bothWays(path(), headers());
    expect(isServed).toBe(false);
    expect(withHook).toBe(byHandler);
    expect(withHook).toMatch(expected);
  });

  it('leaves no-cache to the handler', async () => {
    const { withHook, isServed } = await bothWays(`${BASE}/hubs/${HUBS.acme}/WebChat`, {
      ...withKey(),
      'Cache-Control': 'no-cache',
    });
    expect(isServed).toBe(false);
    expect(withHook).toContain('cache-status: stagedoor; fwd=request; stored\r\n');
  });

  it('leaves HEAD to the handler', async () => {
    const { withHook, byHandler, isServed } = await bothWays(one, withKey(), 'HEAD');
    expect(isServed).toBe(false);
    expect(withHook).toBe(byHandler);
    expect(withHook).toMatch(/^HTTP\/1.1 200/);
  });

  it('leaves a stale entry to the handler', async () => {
    const path = `${BASE}/hubs/${HUBS.acmeSecond}/WebChat`;
    await stagedoor.as('acme-app').get(path).expect(200);
    await clock.advance(16_600);
    const { withHook, isServed } = await bothWays(path, withKey());
    expect(isServed).toBe(false);
    expect(withHook).toContain('detail=stale-while-revalidate');
  });

  it('counts and logs once, like the handler', async () => {
    const path = `${BASE}/hubs/${HUBS.acme}/System`;
    await stagedoor.as('acme-app').get(path).expect(200);
    const find = jest.spyOn(cachedReads(), 'find');
    const withHook = await traceOf(path);
    expect(find.mock.results.filter(isFound)).toHaveLength(1);
    find.mockReturnValue(undefined);
    const byHandler = await traceOf(path);

    expect(withHook).toEqual(byHandler);
    expect(withHook.counted).toEqual([
      'stagedoor_cache_results_total{result="memory"} +1',
      'stagedoor_request_duration_seconds_count{method="GET",route="/api/v1/integrations/hubs/:hubId/:channelType",status="2xx",cache="hit"} +1',
      'stagedoor_requests_total{method="GET",route="/api/v1/integrations/hubs/:hubId/:channelType",status="200"} +1',
    ]);
    expect(withHook.lines).toEqual([
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
    const target = cachedReads();
    const find = target.find.bind(target);
    jest.spyOn(target, 'find').mockImplementationOnce((request) => {
      const cached = find(request);
      request.raw.socket.destroy();
      return cached;
    });
    const gone = await rawResponse(stagedoor.url, one, withKey());
    expect(gone).toBe('');
    expect(await rawResponse(stagedoor.url, one, withKey())).toMatch(/^HTTP\/1.1 200/);
  });

  it('masks a secret that a caller sends as the id of its request, like the handler', async () => {
    KNOWN_SECRETS.remember('configured', Secret.of('sent-as-an-id'));
    const find = jest.spyOn(cachedReads(), 'find');
    const seen = stagedoor.logs.length;
    await rawResponse(stagedoor.url, one, { ...withKey(), 'X-Request-Id': 'sent-as-an-id' });
    find.mockReturnValue(undefined);
    await rawResponse(stagedoor.url, one, { ...withKey(), 'X-Request-Id': 'sent-as-an-id' });
    await new Promise(setImmediate);
    // That of the handler has a line about the cache as well.
    const lines = stagedoor.logs.slice(seen).map((line) => JSON.parse(line));
    expect(lines.map(({ event, requestId }) => [event, requestId])).toEqual([
      [undefined, MASK],
      ['cache.read', MASK],
      [undefined, MASK],
    ]);
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
  ['AUDIT_LEVEL=all, where every read leaves a record', { AUDIT_LEVEL: 'all' }, 1],
  ['CORS, where only handlers add to `Vary`', { CORS_ORIGINS: 'https://app.example.com' }, 0],
  ['LOG_SAMPLE=0, which logs no line', { LOG_SAMPLE: '0' }, 1],
])('the hook for cached reads with %s', (_what, env, served) => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env });
  });
  afterAll(() => stagedoor.close());

  it(`serves ${served} of 1 hits`, async () => {
    const path = `${BASE}/hubs/${HUBS.acme}/WebChat`;
    await stagedoor.as('acme-app').get(path).expect(200);
    const find = jest.spyOn(stagedoor.app.get(CachedReads), 'find');
    const seen = stagedoor.logs.length;
    await stagedoor
      .as('acme-app')
      .get(path)
      .expect(200)
      .expect('cache-status', /^stagedoor; hit/);
    expect(find.mock.results.filter(isFound)).toHaveLength(served);
    expect(stagedoor.logs.slice(seen).filter((line) => line.includes('"cache":'))).toHaveLength(
      env['LOG_SAMPLE'] ? 0 : 1,
    );
  });
});
