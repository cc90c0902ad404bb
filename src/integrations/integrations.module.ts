import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuditTrail } from '../audit/audit-trail';
import { UnresolvedIntents } from '../audit/query/unresolved-intents';
import { CacheModule } from '../cache/cache.module';
import { ResponseCache } from '../cache/response-cache';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { HubsterPortal } from '../hubster/portal';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { SecretKeys } from '../secrets/secret-keys';
import { AuditedWrites } from './audited-writes';
import { IntegrationReader } from './integration-reader';
import { IntegrationSecrets } from './integration-secrets';
import { IntegrationViews } from './integration-view';
import { IntegrationWriter } from './integration-writer';
import { KeyRotations } from './key-rotations';
import { AuditReconciler } from './reconciliation/audit-reconciler';
import { BackgroundReconciler } from './reconciliation/background-reconciler';
import { Reconciler } from './reconciliation/reconciler';
import { ReconciliationLock } from './reconciliation/reconciliation-lock';
import { StartupReconciler } from './reconciliation/startup-reconciler';
import { LocalWriteLock } from './write-lock/local-write-lock';
import { SharedWriteLock } from './write-lock/shared-write-lock';
import { WriteLock } from './write-lock/write-lock';

@Module({
  imports: [CacheModule, AuditModule, RedisModule],
  providers: [
    { provide: IntegrationViews, inject: [SecretKeys], useFactory: (keys: SecretKeys) => new IntegrationViews(keys) },
    KeyRotations,
    {
      provide: IntegrationSecrets,
      inject: [HubsterPortal, SecretKeys, Config],
      useFactory: (portal: HubsterPortal, keys: SecretKeys, { deadlines }: Config) =>
        new IntegrationSecrets(portal, keys, deadlines.readMs),
    },
    {
      provide: IntegrationReader,
      inject: [HubsterPortal, ResponseCache, IntegrationViews, Config, Clock],
      useFactory: (
        portal: HubsterPortal,
        cache: ResponseCache,
        views: IntegrationViews,
        config: Config,
        clock: Clock,
      ) => new IntegrationReader(portal, cache, views, config.deadlines, clock),
    },
    { provide: BackgroundReconciler, inject: [Clock], useFactory: (clock: Clock) => new BackgroundReconciler(clock) },
    {
      provide: AuditedWrites,
      inject: [AuditTrail, ResponseCache, BackgroundReconciler, Clock],
      useFactory: (audit: AuditTrail, cache: ResponseCache, background: BackgroundReconciler, clock: Clock) =>
        new AuditedWrites(audit, cache, new Reconciler(clock), background, clock),
    },
    {
      provide: StartupReconciler,
      inject: [UnresolvedIntents, AuditTrail, HubsterPortal, IntegrationViews, REDIS, ResponseCache, Clock, Config],
      useFactory: (
        intents: UnresolvedIntents,
        audit: AuditTrail,
        portal: HubsterPortal,
        views: IntegrationViews,
        redis: RedisConnection | undefined,
        cache: ResponseCache,
        clock: Clock,
        { deadlines: { writeMs } }: Config,
      ) => {
        const probes = new AuditReconciler(portal, views);
        return new StartupReconciler({
          intents,
          audit,
          probes,
          lock: new ReconciliationLock(redis),
          cache,
          clock,
          writeMs,
        });
      },
    },
    {
      provide: WriteLock,
      inject: [Clock, REDIS],
      useFactory: (clock: Clock, redis: RedisConnection | undefined) => {
        const local = new LocalWriteLock(clock);
        return redis ? new SharedWriteLock(local, redis, clock) : local;
      },
    },
    {
      provide: IntegrationWriter,
      inject: [HubsterPortal, AuditedWrites, IntegrationViews, WriteLock, Config, KeyRotations],
      useFactory: (
        portal: HubsterPortal,
        audited: AuditedWrites,
        views: IntegrationViews,
        writeLock: WriteLock,
        config: Config,
        rotations: KeyRotations,
      ) => new IntegrationWriter(portal, audited, views, writeLock, config.deadlines.writeMs, rotations),
    },
  ],
  exports: [IntegrationReader, IntegrationWriter, IntegrationSecrets, KeyRotations, StartupReconciler],
})
export class IntegrationsModule implements OnApplicationShutdown {
  constructor(
    private readonly backgroundReconciler: BackgroundReconciler,
    private readonly startupReconciler: StartupReconciler,
  ) {}

  onApplicationShutdown(): void {
    this.backgroundReconciler.stop();
    this.startupReconciler.stop();
  }
}
