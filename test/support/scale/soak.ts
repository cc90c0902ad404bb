import { setTimeout as delay } from 'node:timers/promises';
import supertest from 'supertest';
import { makeApiKey } from '../../../src/access/api-key';
import { startSandbox } from '../../../src/sandbox/sandbox';
import { PrometheusServer } from '../metrics/prometheus-server';
import { PostgresServer } from '../postgres-server';
import { RedisServer } from '../redis-server';
import { SECRET_KEY } from '../stagedoor';
import { SoakLoad } from './soak-load';
import { type Footprint, SoakService } from './soak-service';

interface Sizes {
  /** Rounds of all faults go on for so long; at least one. */
  readonly seconds: number;
  readonly requestsPerSecond: number;
  /** Between two rounds, before what has to stay flat is measured. */
  readonly calmSeconds: number;
}

/** What one fault did to one alert, in seconds from the begin of the fault, and from its end. */
export interface Raised {
  readonly fault: string;
  readonly alert: string;
  readonly firedAfter: number;
  readonly resolvedAfter: number;
}

export interface SoakReport {
  readonly requests: number;
  readonly statuses: ReadonlyMap<string, number>;
  readonly raised: readonly Raised[];
  /** Alerts that fired before the first fault. */
  readonly before: readonly string[];
  /** Of the first replica, after each round. */
  readonly footprints: readonly Footprint[];
  /** What the services have written to standard error; empty if all is well. */
  readonly complaints: readonly string[];
  readonly exits: readonly (number | null)[];
}

interface Fault {
  readonly name: string;
  readonly alerts: readonly string[];
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

const REPLICAS = 2;
/** Rules and scrapes are as quick as that an alert takes seconds in place of minutes. */
const QUICK = { everySeconds: 1, windowSeconds: 6, holdSeconds: 1 };
/** A rejection by Redis counts for a minute. */
const RAISED_WITHIN_MS = 120_000;

/**
 * Two replicas under mixed load, with faults of Redis, database and Hubster one after the other, each until its alerts have fired in a
 * real Prometheus and are resolved. `look`: called before all is stopped, with the time of the begin in seconds since the epoch.
 */
export async function soak(
  sizes: Sizes,
  look?: (prometheus: PrometheusServer, from: number) => Promise<void>,
): Promise<SoakReport> {
  const [sandbox, redis, postgres] = [await startSandbox(), await RedisServer.start(), await PostgresServer.start()];
  const key = makeApiKey().key.reveal();
  const [tenant] = sandbox.tenants;
  const env = {
    ...{ SECRET_KEY, STAGEDOOR_API_KEY: key, REDIS_URL: redis.url },
    ...{ HUBSTER_PORTAL_URL: sandbox.url, HUBSTER_IDENTITY_URL: sandbox.url },
    ...{ HUBSTER_CLIENT_ID: tenant?.clientId ?? '', HUBSTER_CLIENT_SECRET: tenant?.clientSecret ?? '' },
    ...{ AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: await postgres.createDatabase() },
  };
  const services: SoakService[] = [];
  for (let n = 0; n < REPLICAS; n += 1) services.push(await SoakService.start(env));
  const prometheus = await PrometheusServer.start(
    services.map(({ port }) => `127.0.0.1:${port}`),
    QUICK,
  );
  const load = new SoakLoad(
    services.map(({ url }) => url),
    key,
  );
  const hubster = supertest(sandbox.url);
  const faults: readonly Fault[] = [
    {
      name: 'Redis is killed',
      alerts: ['StagedoorRedisAway', 'StagedoorBusDeaf'],
      begin: () => redis.kill(),
      end: () => redis.start(),
    },
    {
      name: 'the database is killed',
      alerts: ['StagedoorAuditUnavailable', 'StagedoorAuditRefused'],
      begin: () => postgres.kill(),
      end: () => postgres.start(),
    },
    {
      name: 'Hubster responds with 503',
      alerts: ['StagedoorHubsterFails', 'StagedoorBreakerOpen'],
      begin: () =>
        hubster.post('/sandbox/faults').send({ match: { path: '^/api/' }, times: 0, effect: { status: 503 } }),
      end: () => hubster.delete('/sandbox/faults'),
    },
  ];
  const [raised, footprints]: [Raised[], Footprint[]] = [[], []];
  const from = Date.now() / 1000;
  const exits: (number | null)[] = [];
  try {
    await load.start(sizes.requestsPerSecond);
    await delay(1000 * sizes.calmSeconds);
    const before = (await prometheus.firing()).map(({ name }) => name);
    do {
      for (const fault of faults) raised.push(...(await raise(fault, prometheus)));
      await delay(1000 * sizes.calmSeconds);
      const [first] = services;
      if (first) footprints.push(await measure(first, load, prometheus));
    } while (Date.now() / 1000 - from < sizes.seconds);
    await look?.(prometheus, from);
    await load.stop();
    const complaints = services.flatMap((service) => service.complaints);
    for (const service of services) exits.push(await service.stop());
    return { requests: load.sent, statuses: load.statuses, raised, before, footprints, complaints, exits };
  } finally {
    await load.stop();
    await Promise.all(services.map((service) => service.stop()));
    await prometheus.close();
    await Promise.all([redis.close(), postgres.close(), sandbox.close()]);
  }
}

/** Without load, as it stops the service for seconds; ends when no alert fires any more. */
async function measure(service: SoakService, load: SoakLoad, prometheus: PrometheusServer): Promise<Footprint> {
  load.isPaused = true;
  // Idle connections to Redis, Hubster and of the load are closed, or as many as before.
  await delay(5000);
  const footprint = await service.footprint();
  load.isPaused = false;
  await watch(async () => (await prometheus.firing()).length === 0, 'alerts fire without a fault');
  return footprint;
}

/** Begins a fault, waits until its alerts have fired, ends it, and waits until none of them fires. */
async function raise({ name, alerts, begin, end }: Fault, prometheus: PrometheusServer): Promise<readonly Raised[]> {
  const fired = new Map<string, number>();
  const resolved = new Map<string, number>();
  const began = Date.now();
  await begin();
  await watch(async () => {
    for (const alert of await prometheus.firing())
      if (!fired.has(alert.name)) fired.set(alert.name, (Date.now() - began) / 1000);
    return alerts.every((alert) => fired.has(alert));
  }, `${name}: ${alerts} do not fire`);
  const ended = Date.now();
  await end();
  await watch(async () => {
    const firing = new Set((await prometheus.firing()).map((alert) => alert.name));
    for (const alert of fired.keys()) {
      if (firing.has(alert)) resolved.delete(alert);
      else if (!resolved.has(alert)) resolved.set(alert, (Date.now() - ended) / 1000);
    }
    return [...fired.keys()].every((alert) => resolved.has(alert));
  }, `${name}: alerts go on firing`);
  return [...fired].map(([alert, firedAfter]) => ({
    fault: name,
    alert,
    firedAfter,
    resolvedAfter: resolved.get(alert) ?? 0,
  }));
}

async function watch(isDone: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + RAISED_WITHIN_MS;
  while (!(await isDone())) {
    if (Date.now() > end) throw new Error(otherwise);
    await delay(200);
  }
}
