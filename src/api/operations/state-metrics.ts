import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { AuditTrail } from '../../audit/audit-trail';
import { ResponseCache } from '../../cache/response-cache';
import { Config } from '../../config/config';
import { packageVersion } from '../../config/package-version';
import { Fleet } from '../../hubster/fleet/fleet';
import { Policy } from '../../hubster/resilience/policy';
import { BackgroundReconciler } from '../../integrations/reconciliation/background-reconciler';
import { Metrics } from '../../observability/metrics/metrics';
import { CoordinationRedis } from '../../redis/coordination-redis';
import { Redis } from '../../redis/redis';
import { RequestHook } from '../hooks/request.hook';
import { problemResponsesOf } from '../openapi/problem-responses';
import { Readiness } from './readiness';
import { TenantsReload } from './tenants-reload';

/** Sets the gauges of the service's state, right before the metrics are rendered. */
@Injectable()
export class StateMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: Config,
    private readonly hook: RequestHook,
    private readonly readiness: Readiness,
    private readonly hubster: Policy,
    private readonly fleet: Fleet,
    private readonly redis: Redis,
    private readonly coordination: CoordinationRedis,
    private readonly cache: ResponseCache,
    private readonly audit: AuditTrail,
    private readonly background: BackgroundReconciler,
    private readonly directory: Directory,
    private readonly tenantsFile: TenantsReload,
  ) {}

  /** Series that depend on what runs here: its versions and its routes. */
  onApplicationBootstrap(): void {
    const [major = ''] = process.versions.node.split('.');
    const node = this.config.http.managementPort === undefined ? major : process.versions.node;
    this.metrics.buildInfo.set({ version: packageVersion(), node }, 1);
    for (const { url: route, methods, declaration } of this.hook.routes.routes) {
      const { responses = {}, problems = [] } = declaration?.operation ?? {};
      const statuses = [...Object.keys(responses), ...problemResponsesOf(problems).map(([status]) => status)];
      for (const method of methods.filter((name) => name !== 'HEAD')) {
        for (const status of statuses) this.metrics.requests.inc({ method, route, status }, 0);
      }
    }
  }

  collect(): void {
    this.#collectHealth();
    this.#collectHubster();
    this.#collectRedis();
    this.#collectMemory();
  }

  #collectHealth(): void {
    const { state } = this.metrics;
    const degraded = new Set(this.readiness.degraded.map((name) => name.split(':')[0]));
    state.ready.set(Number(this.readiness.isReady));
    state.degraded.setEach(({ reason }) => Number(degraded.has(reason)));
    state.auditAvailable.set(Number(this.audit.isAvailable));
    const { openIntents } = this.audit;
    state.writes.setEach(({ state: of }) => (of === 'open' ? openIntents : this.background.size));
    state.tenants.set(this.directory.index.counts.tenants);
    state.tenantsFileOk.set(Number(!this.tenantsFile.hasFailed));
    state.tenantsFileRead.set(this.tenantsFile.loadedAt / 1000);
  }

  #collectHubster(): void {
    const { state } = this.metrics;
    const breakers = {
      read: this.hubster.breakersOf('read'),
      write: this.hubster.breakersOf('write'),
      token: this.hubster.breakersOf('token'),
    };
    state.breakers.setEach(({ calls, state: of }) => breakers[calls][of]);
    state.paused.setEach(({ service }) => this.hubster.pausedTenants(service === 'identity' ? 'token' : 'portal'));
    state.callsRunning.setEach((labels) => this.hubster.callsOf(labels.class).running);
    state.callsWaiting.setEach((labels) => this.hubster.callsOf(labels.class).waiting);
  }

  #collectRedis(): void {
    const { state } = this.metrics;
    const { redis, coordination } = this;
    const isSecond = coordination !== redis.coordination;
    const of = { redis, 'redis-coordination': isSecond ? coordination : undefined };
    state.redisConfigured.setEach((labels) => Number(of[labels.redis]?.isConfigured ?? false));
    state.redisUp.setEach((labels) => Number(of[labels.redis]?.isAvailable ?? false));
    state.redisReasons.setEach((labels) => Number(of[labels.redis]?.reasons.includes(labels.reason) ?? false));
    const deaf = { changes: this.cache.isDeaf, hubster: this.fleet.isDeaf };
    state.deaf.setEach(({ channel }) => Number(channel === 'changes' ? deaf.changes : deaf.hubster));
  }

  #collectMemory(): void {
    const { state } = this.metrics;
    const { bytes, limit, entries, evictions } = this.cache.memoryUsage;
    state.cacheBytes.set(bytes);
    state.cacheLimit.set(limit);
    state.cacheEntries.set(entries);
    state.cacheEvictions.reset();
    state.cacheEvictions.inc(evictions);
    state.auditQueue.set(this.audit.queued.entries);
    state.auditQueueBytes.set(this.audit.queued.bytes);
  }
}
