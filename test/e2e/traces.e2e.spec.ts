import supertest from 'supertest';
import { blocksOf } from '../support/documents/blocks';
import { RedisServer } from '../support/redis-server';
import { HUBS, type RecordedCall, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { Collector } from '../support/traces/collector';
import { treeOf } from '../support/traces/tree';

const ID = '77777777-7777-7777-7777-777777777777';
const ONE = `/api/v1/integrations/${ID}`;
const LIST = `/api/v1/integrations/hubs/${HUBS.acme}/WebChat`;
const KEY = 'key-of-a-traced-write';
const RUNS = 4;
const CALLER_SPAN = 'b7ad6b7169203331';
const webChat = { channelId: 'WebChat', name: 'traced', configuration: { allowedOrigins: ['localhost'] } };
const integration = { ...webChat, integrationId: ID, hubId: HUBS.acme, integrationTypeId: 'Customer', statusId: 3000 };
const busy = { status: 429, headers: { 'Retry-After': '0' } };

/** The trace of each kind of request, as the document calls it. */
const TRACES = {
  'a miss': '1'.repeat(32),
  'a hit': '2'.repeat(32),
  'a read that is tried three times': '3'.repeat(32),
  'a list for the first time': '4'.repeat(32),
  'a stale list': '5'.repeat(32),
  'a create with an Idempotency-Key that is tried twice': '6'.repeat(32),
} as const;

const [MISS, HIT, RETRIED, LISTED, STALE, CREATED] = Object.values(TRACES) as [string, ...string[]];

/** All that a span says. */
const FACTS = [
  'db.operation.name',
  'db.system.name',
  'error.type',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'server.address',
  'stagedoor.attempt',
  'stagedoor.cache.result',
  'stagedoor.problem',
  'url.scheme',
];

describe('the spans of requests', () => {
  let redis: RedisServer;
  let collector: Collector;
  let stagedoor: Stagedoor;
  let calls: readonly RecordedCall[];

  /** A busy machine may take longer than the 50 ms that a command of Redis has: its trace is another one then. */
  beforeAll(async () => {
    for (let run = 1; run <= RUNS; run += 1) {
      await request();
      if (run === RUNS || !collector.spans.some(({ name, hasFailed }) => name === 'redis' && hasFailed)) return;
      await Promise.all([redis.stop(), collector.close()]);
    }
  }, RUNS * 30_000);

  const request = async () => {
    [redis, collector] = await Promise.all([RedisServer.start(), Collector.start()]);
    const env = {
      ...{ REDIS_URL: redis.url, CACHE_LIST_FRESH: '0s', CACHE_STALE: '1d' },
      ...{ OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=of%20the%20collector', OTEL_SERVICE_NAME: 'bff' },
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=overridden',
    };
    stagedoor = await startStagedoor({ collector, env });
    await supertest(stagedoor.sandbox.url).post('/sandbox/integrations').send({ tenant: 'acme', integration });
    const sampled = (trace = '') => `00-${trace}-${CALLER_SPAN}-01`;
    const get = (path: string, trace = '') => stagedoor.as('acme-app').get(path).set('traceparent', sampled(trace));
    await get(ONE, MISS).expect(200);
    await get(ONE, HIT).expect(200);
    await stagedoor.fault({ match: { method: 'GET' }, times: 2, effect: { status: 503 } });
    await get(ONE, RETRIED).set('cache-control', 'no-cache').set('tracestate', 'vendor=opaque').expect(200);
    await get(LIST, LISTED).expect(200);
    await get(LIST, STALE).expect(200);
    await stagedoor.fault({ match: { method: 'POST', path: 'hubs' }, times: 1, effect: busy });
    await stagedoor
      .as('globex-app')
      .post(`/api/v1/integrations/hubs/${HUBS.globex}`)
      .set('traceparent', sampled(CREATED))
      .set('idempotency-key', KEY)
      .send(webChat)
      .expect(200);
    calls = await stagedoor.hubsterCalls();
    // Its end exports what waits.
    await stagedoor.close();
  };
  afterAll(() => Promise.all([redis.stop(), collector.close()]));

  const ofTrace = (trace: string | undefined) => collector.spans.filter(({ traceId }) => traceId === trace);
  const rootOf = (trace: string | undefined) => ofTrace(trace).find(({ kind }) => kind === 'server');

  it('are those that docs/operations.md shows [S-845]', () => {
    const trees = Object.entries(TRACES).map(([what, trace]) => `${what}\n${treeOf(collector.spans, trace)}\n`);
    const shown = blocksOf('docs/operations.md').map(({ text }) => text);
    expect(shown).toContain(trees.join('\n'));
  });

  it('continue the trace of the caller, and begin and end in order [S-846]', () => {
    for (const trace of Object.values(TRACES)) {
      expect(rootOf(trace)?.parentId).toBe(CALLER_SPAN);
      for (const span of ofTrace(trace)) {
        const parent = ofTrace(trace).find(({ spanId }) => spanId === span.parentId) ?? span;
        expect(span.startNanos).toBeGreaterThanOrEqual(parent.startNanos);
        expect(span.endNanos).toBeGreaterThanOrEqual(span.startNanos);
      }
    }
    expect(rootOf(RETRIED)?.traceState).toBe('vendor=opaque');
  });

  it('give Hubster the place of each attempt [S-846]', () => {
    const attempts = ofTrace(RETRIED).filter(({ kind }) => kind === 'client');
    const expected = attempts.filter(({ name }) => name === 'hubster get').map(({ spanId }) => spanId);
    const sent = calls
      .map(({ headers }) => headers)
      .filter((headers) => headers['traceparent']?.includes(RETRIED ?? ''));
    expect(sent.map((headers) => headers['traceparent'])).toEqual(
      expected.map((spanId) => `00-${RETRIED}-${spanId}-01`),
    );
    expect(sent).toHaveLength(3);
    expect(sent.map((headers) => headers['tracestate'])).toEqual(Array(3).fill('vendor=opaque'));
  });

  it('mark what has failed', () => {
    const failed = collector.spans.filter(({ hasFailed }) => hasFailed).map(({ facts }) => facts['error.type']);
    expect(failed.sort()).toEqual(['rate-limited', 'unavailable', 'unavailable']);
  });

  it('say nothing of ids, keys, names, tenants and scripts [S-849]', () => {
    const facts = collector.spans.flatMap((span) => Object.keys(span.facts));
    expect([...new Set(facts)].sort()).toEqual([...FACTS]);
    const all = JSON.stringify(collector.spans.map(({ name, facts: of, resource }) => ({ name, of, resource })));
    expect(all).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/i);
    for (const text of [
      'acme',
      'globex',
      'traced',
      KEY,
      'localhost',
      'redis.call',
      'stagedoor:',
      stagedoor.keyOf('acme-app'),
    ])
      expect(all).not.toContain(text);
  });

  it('reach the collector with its headers and the attributes of the process [S-845]', () => {
    expect(collector.exports.map(({ path }) => path)).toEqual(collector.exports.map(() => '/v1/traces'));
    expect(collector.exports[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'x-collector-key': 'of the collector',
    });
    expect(collector.spans[0]?.resource).toEqual({
      'service.name': 'bff',
      'service.version': expect.stringMatching(/^\d/),
      'deployment.environment.name': 'test',
    });
  });

  it('are in the log line of their request', () => {
    const line = stagedoor.logs.map((text) => JSON.parse(text)).find(({ trace_id: trace }) => trace === HIT);
    expect(line).toMatchObject({ msg: 'request', span_id: rootOf(HIT)?.spanId, cache: expect.stringContaining('hit') });
  });
});
