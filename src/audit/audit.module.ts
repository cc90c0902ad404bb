import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { SecretKeys } from '../secrets/secret-keys';
import { AuditStore } from './audit-store';
import { AuditTrail } from './audit-trail';
import { TrailKey } from './chain/chain';
import { AuditQuery } from './query/audit-query';
import { UnresolvedIntents } from './query/unresolved-intents';
import { Recorder } from './recording/recorder';
import { openAuditStore } from './stores/open-audit-store';

@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: AuditStore,
      inject: [Config, SecretKeys, REDIS, Clock, LOGGER],
      useFactory: (
        config: Config,
        keys: SecretKeys,
        redis: RedisConnection | undefined,
        clock: Clock,
        logger: Logger,
      ) => openAuditStore(config.audit, { key: new TrailKey(keys), redis, clock, logger }),
    },
    {
      provide: AuditTrail,
      inject: [AuditStore, Clock, Metrics, LOGGER, SecretKeys],
      useFactory: (store: AuditStore, clock: Clock, metrics: Metrics, logger: Logger, keys: SecretKeys) =>
        new AuditTrail(new Recorder(store, clock, metrics, logger), clock, keys),
    },
    {
      provide: AuditQuery,
      inject: [AuditStore, SecretKeys],
      useFactory: (store: AuditStore, keys: SecretKeys) => new AuditQuery(store, keys),
    },
    {
      provide: UnresolvedIntents,
      inject: [AuditStore],
      useFactory: (store: AuditStore) => new UnresolvedIntents(store),
    },
  ],
  exports: [AuditTrail, AuditQuery, UnresolvedIntents],
})
export class AuditModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly trail: AuditTrail) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.trail.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.trail.seal();
  }
}
