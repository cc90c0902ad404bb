import { once } from 'node:events';
import { connect } from 'node:net';
import { CachedReads } from '../../src/api/hooks/cached-reads';
import { Metrics } from '../../src/observability/metrics';
import { KNOWN_SECRETS } from '../../src/secrets/known-secrets';
import { Secret } from '../../src/secrets/secret';
import { ManualClock } from '../support/manual-clock';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const BASE = '/api/v1/integrations';
const webChat = { channelId: 'WebChat', name: 'in the lane', configuration: { allowedOrigins: ['localhost'] } };

type Headers = Readonly<Record<string, string>>;

/** Sends a request on a connection of its own: all bytes that come back, as they came, but for the date. */
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

describe('the lane for cache hits', () => {
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

  const laneOf = () => stagedoor.app.get(CachedReads);

  /** The same request through the lane and around it; whether the lane took it. */
  async function bothWays(path: string, headers: Headers, method?: string) {
    const response = jest.spyOn(laneOf(), 'respond');
    const withLane = await rawResponse(stagedoor.url, path, headers, method);
    const isTaken = response.mock.results.some(({ value }) => value === true);
    response.mockReturnValue(false);
    const without = await rawResponse(stagedoor.url, path, headers, method);
    return { withLane, without, isTaken };
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

  it.each(TAKEN)('answers byte by byte what Fastify would: %s', async (_what, path, headers, expected) => {
    const { withLane, without, isTaken } = await bothWays(path(), headers());
    expect(isTaken).toBe(true);
    expect(withLane).toBe(without);
    expect(withLane).toMatch(expected);
    expect(withLane).toContain('age: 2\r\n');
  });

  const LEFT: readonly (readonly [string, () => string, () => Headers, RegExp])[] = [
    ['no credentials', () => one, () => ({}), /^HTTP\/1.1 401/],
    ['a wrong key', () => one, () => ({ 'X-API-Key': 'sd_wrong' }), /^HTTP\/1.1 401/],
    ["another tenant's key", () => one, () => ({ 'X-API-Key': stagedoor.keyOf('globex-app') }), /^HTTP\/1.1 404/],
    ['a tenant it may not use', () => one, () => ({ ...withKey(), 'X-Tenant-Id': 'globex' }), /^HTTP\/1.1 403/],
    ['an absence that is kept', () => `${BASE}/${HUBS.acme}`, withKey, /^HTTP\/1.1 404/],
    ['a hub it may not use', () => `${BASE}/hubs/${HUBS.globex}/WebChat`, withKey, /^HTTP\/1.1 404/],
    ['a collection that several hubs could mean', () => BASE, withKey, /^HTTP\/1.1 400/],
    ['a parameter twice', () => `${BASE}?hubId=${HUBS.acme}&hubId=${HUBS.acme}`, withKey, /^HTTP\/1.1 400/],
    ['an unknown parameter', () => `${one}?x=1`, withKey, /^HTTP\/1.1 400/],
    ['an impossible timeout', () => one, () => ({ ...withKey(), 'X-Request-Timeout-Ms': '1' }), /^HTTP\/1.1 400/],
    ['a slash too much', () => `${one}/`, withKey, /^HTTP\/1.1 404/],
    ['no id', () => `${BASE}/none`, withKey, /^HTTP\/1.1 400/],
  ];

  it.each(LEFT)('leaves alone: %s', async (_what, path, headers, expected) => {
    const { withLane, without, isTaken } = await bothWays(path(), headers());
    expect(isTaken).toBe(false);
    expect(withLane).toBe(without);
    expect(withLane).toMatch(expected);
  });

  it('leaves alone a caller that wants Hubster to be asked', async () => {
    const { withLane, isTaken } = await bothWays(`${BASE}/hubs/${HUBS.acme}/WebChat`, {
      ...withKey(),
      'Cache-Control': 'no-cache',
    });
    expect(isTaken).toBe(false);
    expect(withLane).toContain('cache-status: stagedoor; fwd=request; stored\r\n');
  });

  it('leaves alone HEAD, which has no body to write', async () => {
    const { withLane, without, isTaken } = await bothWays(one, withKey(), 'HEAD');
    expect(isTaken).toBe(false);
    expect(withLane).toBe(without);
    expect(withLane).toMatch(/^HTTP\/1.1 200/);
  });

  it('leaves alone what is stale', async () => {
    const path = `${BASE}/hubs/${HUBS.acmeSecond}/WebChat`;
    await stagedoor.as('acme-app').get(path).expect(200);
    await clock.advance(16_600);
    const { withLane, isTaken } = await bothWays(path, withKey());
    expect(isTaken).toBe(false);
    expect(withLane).toContain('detail=stale-while-revalidate');
  });

  it('counts and logs as Fastify would, once', async () => {
    const path = `${BASE}/hubs/${HUBS.acme}/System`;
    await stagedoor.as('acme-app').get(path).expect(200);
    const response = jest.spyOn(laneOf(), 'respond');
    const inLane = await traceOf(path);
    expect(response.mock.results).toContainEqual({ type: 'return', value: true });
    response.mockReturnValue(false);
    const around = await traceOf(path);

    expect(inLane).toEqual(around);
    expect(inLane.counted).toEqual([
      'stagedoor_cache_results_total{result="memory"} +1',
      'stagedoor_request_duration_seconds_count{method="GET",route="/api/v1/integrations/hubs/:hubId/:channelType"} +1',
      'stagedoor_requests_total{method="GET",route="/api/v1/integrations/hubs/:hubId/:channelType",status="200"} +1',
    ]);
    expect(inLane.lines).toEqual([
      expect.objectContaining({ requestId: 'same', tenant: 'acme', caller: 'acme-app', status: 200, attempts: 0 }),
    ]);
  });

  it('gives each of the hits that come in one turn its own answer, in the order of the connection', async () => {
    const paths = [one, `${BASE}/hubs/${HUBS.acme}/WebChat`, `${BASE}?hubId=${HUBS.acme}`];
    const bodies = await Promise.all(paths.map(async (path) => (await stagedoor.as('acme-app').get(path)).text));
    const turns = jest.spyOn(global, 'setImmediate');
    const requests = Array.from({ length: 8 }, (_, index) =>
      [`GET ${paths[index % 3]} HTTP/1.1`, 'Host: x', `X-API-Key: ${key}`, `X-Request-Id: turn-${index}`].join('\r\n'),
    );
    const { hostname, port } = new URL(stagedoor.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(`${requests.join('\r\n\r\n')}\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');

    const responses = Buffer.concat(chunks).toString().split('HTTP/1.1 200 OK\r\n').slice(1);
    expect(responses.map((response) => /x-request-id: (.*)\r\n/.exec(response)?.[1])).toEqual(
      requests.map((_, index) => `turn-${index}`),
    );
    expect(responses.map((response) => response.replace(/^.*\r\n\r\n/s, ''))).toEqual(
      requests.map((_, index) => bodies[index % 3]),
    );
    expect(turns.mock.calls.length).toBeLessThan(requests.length);
  });

  it('answers the others where a caller has gone before the end of the turn', async () => {
    const lane = laneOf();
    const find = lane.respond.bind(lane);
    jest.spyOn(lane, 'respond').mockImplementationOnce((request, response) => {
      const isTaken = find(request, response);
      request.socket.destroy();
      return isTaken;
    });
    const gone = await rawResponse(stagedoor.url, one, withKey());
    expect(gone).toBe('');
    expect(await rawResponse(stagedoor.url, one, withKey())).toMatch(/^HTTP\/1.1 200/);
  });

  it('masks a secret that a caller sends as the id of its request, through the lane and around it', async () => {
    KNOWN_SECRETS.remember('configured', Secret.of('sent-as-an-id'));
    const response = jest.spyOn(laneOf(), 'respond');
    const seen = stagedoor.logs.length;
    await rawResponse(stagedoor.url, one, { ...withKey(), 'X-Request-Id': 'sent-as-an-id' });
    response.mockReturnValue(false);
    await rawResponse(stagedoor.url, one, { ...withKey(), 'X-Request-Id': 'sent-as-an-id' });
    await new Promise(setImmediate);
    expect(stagedoor.logs.slice(seen).map((line) => JSON.parse(line).requestId)).toEqual(['********', '********']);
  });

  /** What one request adds to metrics and log. */
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
  ['CORS, whose headers the front door adds', { CORS_ORIGINS: 'https://app.example.com' }, 0],
  ['LOG_SAMPLE=0, though it leaves no line', { LOG_SAMPLE: '0' }, 1],
])('the lane with %s', (_what, env, taken) => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env });
  });
  afterAll(() => stagedoor.close());

  it(`takes ${taken} of 1 hits`, async () => {
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
