import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
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
  constructor(private readonly trail: AuditTrail) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.trail.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.trail.seal();
  }
}

/** The store that `AUDIT_STORE` names. If that is Redis, the configuration has a `REDIS_URL`; it was checked before. */
function createStore({ audit }: Config, key: TrailKey, redis: Redis, clock: Clock, logger: Logger): AuditStore {
  const { dir: directory, checkpointsDir: checkpointDirectory, retentionMs } = audit;
  if (audit.store === 'file') {
    return new FileAuditStore({ directory, checkpointDirectory, retentionMs }, { key, clock, logger });
  }
  return new RedisAuditStore(redis, key, new Checkpoints(checkpointDirectory, key, clock, logger), clock, retentionMs);
}
