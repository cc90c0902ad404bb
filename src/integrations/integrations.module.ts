import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuditTrail } from '../audit/audit-trail';
import { UnsettledIntents } from '../audit/query/unresolved-intents';
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
import { TrailLooks } from './reconciliation/audit-reconciler';
import { LaterLooks } from './reconciliation/background-reconciler';
import { Settlement } from './reconciliation/reconciler';
import { SettlingClaims } from './reconciliation/reconciliation-lock';
import { UnsettledWrites } from './reconciliation/startup-reconciler';
import { LocalTurns } from './write-lock/local-write-lock';
import { SharedTurns } from './write-lock/shared-write-lock';
import { Turns } from './write-lock/write-lock';

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
    { provide: LaterLooks, inject: [Clock], useFactory: (clock: Clock) => new LaterLooks(clock) },
    {
      provide: AuditedWrites,
      inject: [AuditTrail, ResponseCache, LaterLooks, Clock],
      useFactory: (audit: AuditTrail, cache: ResponseCache, later: LaterLooks, clock: Clock) =>
        new AuditedWrites(audit, cache, new Settlement(clock), later, clock),
    },
    {
      provide: UnsettledWrites,
      inject: [UnsettledIntents, AuditTrail, HubsterPortal, IntegrationViews, REDIS, ResponseCache, Clock, Config],
      useFactory: (
        intents: UnsettledIntents,
        audit: AuditTrail,
        portal: HubsterPortal,
        views: IntegrationViews,
        redis: RedisConnection | undefined,
        cache: ResponseCache,
        clock: Clock,
        { deadlines: { writeMs } }: Config,
      ) => {
        const looks = new TrailLooks(portal, views);
        return new UnsettledWrites({ intents, audit, looks, claims: new SettlingClaims(redis), cache, clock, writeMs });
      },
    },
    {
      provide: Turns,
      inject: [Clock, REDIS],
      useFactory: (clock: Clock, redis: RedisConnection | undefined) => {
        const local = new LocalTurns(clock);
        return redis ? new SharedTurns(local, redis, clock) : local;
      },
    },
    {
      provide: IntegrationWriter,
      inject: [HubsterPortal, AuditedWrites, IntegrationViews, Turns, Config, KeyRotations],
      useFactory: (
        portal: HubsterPortal,
        audited: AuditedWrites,
        views: IntegrationViews,
        turns: Turns,
        config: Config,
        rotations: KeyRotations,
      ) => new IntegrationWriter(portal, audited, views, turns, config.deadlines.writeMs, rotations),
    },
  ],
  exports: [IntegrationReader, IntegrationWriter, IntegrationSecrets, KeyRotations, UnsettledWrites],
})
export class IntegrationsModule implements OnApplicationShutdown {
  constructor(
    private readonly later: LaterLooks,
    private readonly unsettled: UnsettledWrites,
  ) {}

  onApplicationShutdown(): void {
    this.later.stop();
    this.unsettled.stop();
  }
}
