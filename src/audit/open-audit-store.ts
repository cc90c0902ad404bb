import type { Clock } from '../clock/clock';
import type { Config } from '../config/config';
import type { Logger } from '../observability/logger';
import type { Redis } from '../redis/redis';
import type { AuditStore } from './audit-store';
import { Checkpoints } from './chain/checkpoints';
import type { TrailKey } from './chain/trail-key';
import { openFileStore } from './files/open-file-audit-store';
import { RedisAuditStore } from './redis/redis-audit-store';

interface AuditStoreDependencies {
  readonly key: TrailKey;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The store that `AUDIT_STORE` names. If that is Redis, the configuration has a `REDIS_URL`; it was checked before. */
export function openAuditStore(
  audit: Config['audit'],
  { key, redis, clock, logger }: AuditStoreDependencies,
): AuditStore {
  const { dir: directory, checkpointsDir: checkpointDirectory, retentionMs } = audit;
  if (audit.store === 'file') {
    return openFileStore({ directory, checkpointDirectory, retentionMs }, { key, clock, logger });
  }
  return new RedisAuditStore(redis, key, new Checkpoints(checkpointDirectory, key, clock, logger), clock, retentionMs);
}
