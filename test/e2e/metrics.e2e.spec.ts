import { spawnSync } from 'node:child_process';
import { StateMetrics } from '../../src/api/operations/state-metrics';
import * as sets from '../../src/observability/metrics/label-sets';
import { Metrics } from '../../src/observability/metrics/metrics';
import { sampleOf, samplesOf } from '../support/metrics/samples';
import { RedisServer, until } from '../support/redis-server';
import { rowsOfTable, textOf } from '../support/repository';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

/** Every metric with labels, except those of routes and versions, and the values of its labels. */
const CLOSED: readonly (readonly [name: string, sets: Readonly<Record<string, readonly string[]>>])[] = [
  ['upstream_calls_total', { operation: sets.UPSTREAM_OPERATIONS, outcome: sets.ATTEMPT_OUTCOMES }],
  ['upstream_transport_errors_total', { service: sets.UPSTREAM_SERVICES, cause: sets.TRANSPORT_CAUSES }],
  ['upstream_duration_seconds_count', { operation: sets.UPSTREAM_OPERATIONS }],
  ['upstream_retries_total', { operation: sets.UPSTREAM_OPERATIONS, reason: sets.RETRY_REASONS }],
  ['upstream_not_retried_total', { reason: sets.FINAL_REASONS }],
  ['upstream_short_circuits_total', { by: sets.SHORT_CIRCUITS }],
  ['upstream_quirks_total', { quirk: sets.QUIRKS }],
  ['cache_results_total', { result: sets.CACHE_RESULTS }],
  ['redis_commands_total', { result: ['ok', 'failed', 'refused'] }],
  ['redis_failures_total', { reason: sets.REDIS_REASONS, command: [...sets.REDIS_COMMANDS, 'none'] }],
  ['audit_records_total', { result: ['stored', 'refused'] }],
  ['connections_closed_at_limit_total', { port: ['api', 'management'], action: ['evicted', 'rejected'] }],
  ['degraded', { reason: sets.DEGRADED }],
  ['breaker_tenants', { calls: sets.BREAKER_CALLS, state: sets.BREAKER_STATES }],
  ['retry_after_tenants', { service: ['portal', 'identity'] }],
  ['upstream_calls_running', { class: sets.CALL_CLASSES }],
  ['upstream_calls_waiting', { class: sets.CALL_CLASSES }],
  ['redis_configured', { redis: sets.REDIS_ROLES }],
  ['redis_up', { redis: sets.REDIS_ROLES }],
  ['redis_reason', { redis: sets.REDIS_ROLES, reason: sets.REDIS_REASONS }],
  ['bus_deaf', { channel: ['changes', 'hubster'] }],
  ['writes', { state: ['open', 'unknown'] }],
];

/** The metrics whose series are not all in `CLOSED`: without labels, of routes, or of versions. */
const OPEN = new Set(['stagedoor_requests_total', 'stagedoor_request_duration_seconds', 'stagedoor_build_info']);

const scrape = async (stagedoor: Stagedoor) => (await stagedoor.as().get('/metrics').expect(200)).text;

describe('the metrics of a fresh service', () => {
  let stagedoor: Stagedoor;
  let fresh: string;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    stagedoor.app.get(Metrics).observeProcess();
    fresh = await scrape(stagedoor);
  });
  afterAll(() => stagedoor.close());

  it.each(CLOSED)('have every series of %s [S-855]', (name, labels) => {
    const names = Object.keys(labels);
    const expected = Object.values(labels).reduce((product, { length }) => product * length, 1);
    const found = samplesOf(fresh, `stagedoor_${name}`);
    const key = (series: Readonly<Record<string, string>>) => names.map((label) => series[label]).join(' ');
    expect(new Set(found.map(({ labels: series }) => key(series))).size).toBe(expected);
    for (const label of names)
      expect(new Set(found.map(({ labels: series }) => series[label]))).toEqual(new Set(labels[label]));
  });

  it('have every documented metric, and count nothing that has not happened [S-855]', () => {
    const documented = rowsOfTable(textOf('docs/operations.md'), 'metric');
    const closed = CLOSED.map(([name]) => `stagedoor_${name.replace(/_count$/, '')}`);
    for (const [code = '', labels] of documented) {
      const name = code.replaceAll('`', '');
      expect([name, labels === '–' || OPEN.has(name) || closed.includes(name)]).toEqual([name, true]);
      if (name !== 'stagedoor_request_duration_seconds')
        expect(fresh).toMatch(new RegExp(`^${name}(_count)?[{ ]`, 'm'));
    }
    expect(sampleOf(fresh, 'stagedoor_audit_records_total', { result: 'refused' })).toBe(0);
    expect(sampleOf(fresh, 'stagedoor_build_info', {})).toBe(1);
  });

  it('have every documented status of every route [S-855]', async () => {
    const { body } = await stagedoor.as().get('/openapi.json').expect(200);
    const paths: Readonly<Record<string, Readonly<Record<string, { readonly responses?: object }>>>> = body.paths;
    const found = samplesOf(fresh, 'stagedoor_requests_total').map(({ labels: { method, route, status } }) =>
      [method, route?.replaceAll(/:(\w+)/g, '{$1}'), status].join(' '),
    );
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      ['get', 'post', 'patch', 'delete'].flatMap((verb) =>
        Object.keys(item[verb]?.responses ?? {}).map((status) => [verb.toUpperCase(), path, status].join(' ')),
      ),
    );
    expect(documented.length).toBeGreaterThan(100);
    expect(documented.filter((series) => !found.includes(series))).toEqual([]);
  });

  it('are what promtool expects of metrics [S-856]', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: fresh, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(fresh).toMatch(/^process_resident_memory_bytes \d/m);
    expect(fresh).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('time requests by class of status and use of the cache [S-857]', async () => {
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/System`;
    const route = '/api/v1/integrations/hubs/:hubId/:channelType';
    for (const _ of ['a miss', 'a hit']) await stagedoor.as('acme-app').get(path).expect(200);
    await stagedoor.as('acme-app').get(`/api/v1/integrations/hubs/${HUBS.acme}/Fax`).expect(400);
    const text = (await stagedoor.app.get(Metrics).registry.metrics()).toString();
    const times = (labels: Readonly<Record<string, string>>) =>
      sampleOf(text, 'stagedoor_request_duration_seconds_count', { method: 'GET', route, ...labels });
    expect(times({ status: '2xx', cache: 'miss' })).toBe(1);
    expect(times({ status: '2xx', cache: 'hit' })).toBe(1);
    expect(times({ status: '4xx', cache: 'none' })).toBe(1);
  });
});

describe('the gauges', () => {
  it('show a Redis that is away, with its reason, and what it makes deaf [S-858]', async () => {
    const redis = await RedisServer.start();
    const stagedoor = await startStagedoor({ env: { REDIS_URL: redis.url } });
    try {
      await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
      const before = await stateOf(stagedoor);
      expect(sampleOf(before, 'stagedoor_redis_up', { redis: 'redis' })).toBe(1);
      expect(sampleOf(before, 'stagedoor_redis_configured', { redis: 'redis-coordination' })).toBe(0);
      expect(sampleOf(before, 'stagedoor_bus_deaf', { channel: 'changes' })).toBe(0);
      expect(sampleOf(before, 'stagedoor_cache_entries', {})).toBeGreaterThan(0);
      await redis.kill();
      const isAway = (text: string) =>
        sampleOf(text, 'stagedoor_bus_deaf', { channel: 'changes' }) === 1 &&
        sampleOf(text, 'stagedoor_redis_up', { redis: 'redis' }) === 0;
      await until(async () => isAway(await stateOf(stagedoor)));
      const after = await stateOf(stagedoor);
      expect(sampleOf(after, 'stagedoor_redis_reason', { redis: 'redis', reason: 'refused' })).toBe(1);
      expect(sampleOf(after, 'stagedoor_degraded', { reason: 'redis' })).toBe(1);
      await redis.start();
    } finally {
      await stagedoor.close();
      await redis.kill();
    }
  });

  it('show open breakers as a number of tenants, and name none [S-858]', async () => {
    const stagedoor = await startStagedoor();
    const closed = await stateOf(stagedoor);
    expect(sampleOf(closed, 'stagedoor_breaker_tenants', { calls: 'read', state: 'open' })).toBe(0);
    await stagedoor.fault({ match: { path: '/api/v1/integrations' }, times: 0, effect: { status: 503 } });
    for (let count = 0; count < 10; count += 1) await stagedoor.as('acme-app').get('/api/v1/integrations');
    const open = await stateOf(stagedoor);
    expect(sampleOf(open, 'stagedoor_breaker_tenants', { calls: 'read', state: 'open' })).toBe(1);
    expect(sampleOf(open, 'stagedoor_degraded', { reason: 'hubster' })).toBe(1);
    expect(sampleOf(open, 'stagedoor_ready', {})).toBe(1);
    expect(open).not.toContain('acme');
    await stagedoor.close();
  });
});

/** The metrics as they are now: the route renders them once a second only. */
async function stateOf(stagedoor: Stagedoor): Promise<string> {
  stagedoor.app.get(StateMetrics).collect();
  return stagedoor.app.get(Metrics).registry.metrics();
}
