import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { logEvent } from '../observability/log-events';
import { LOGGER, type Logger } from '../observability/logger';
import { Redis } from '../redis/redis';
import { RedisModule } from '../redis/redis.module';
import { AuditStore } from './audit-store';
import { AuditTrail } from './audit-trail';
import { TrailKey } from './chain/chain';
import { Checkpoints } from './chain/checkpoints';
import { AuditQuery } from './query/audit-query';
import { UnresolvedIntents } from './query/unresolved-intents';
import { Recorder } from './recording/recorder';
import { FileAuditStore } from './stores/file-audit-store';
import { RedisAuditStore } from './stores/redis-audit-store';

@Module({
  imports: [RedisModule],
  providers: [
    TrailKey,
    { provide: AuditStore, inject: [Config, TrailKey, Redis, Clock, LOGGER], useFactory: createStore },
    Recorder,
    AuditTrail,
    AuditQuery,
    UnresolvedIntents,
  ],
  exports: [AuditTrail, AuditQuery, UnresolvedIntents],
})
export class AuditModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly trail: AuditTrail,
    private readonly store: AuditStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.store.scope === 'this replica') logEvent(this.logger, 'audit.this-replica-only');
    await this.trail.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.trail.seal();
  }
}

/** The store that `AUDIT_STORE` names. If that is Redis, the configuration has a `REDIS_URL`; it was checked before. */
function createStore(
  { audit, redisUrl }: Config,
  key: TrailKey,
  redis: Redis,
  clock: Clock,
  logger: Logger,
): AuditStore {
  const { dir: directory, checkpointsDir: checkpointDirectory, retentionMs } = audit;
  if (audit.store === 'file') {
    const isOneOfSeveral = redisUrl !== undefined;
    const location = { directory, checkpointDirectory, retentionMs };
    return new FileAuditStore(location, { key, clock, logger, isOneOfSeveral });
  }
  return new RedisAuditStore(redis, key, new Checkpoints(checkpointDirectory, key, clock, logger), clock, retentionMs);
}
