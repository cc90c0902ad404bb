import type { Clock } from '../../clock/clock';
import type { Config } from '../../config/config';
import type { Logger } from '../../observability/logger';
import type { RedisConnection } from '../../redis/redis-connection';
import type { AuditStore } from '../audit-store';
import type { TrailKey } from '../chain/chain';
import { Checkpoints } from '../chain/checkpoints';
import { openFileStore } from './file-audit-store';
import { RedisAuditStore } from './redis-audit-store';

interface AuditStoreDependencies {
  readonly key: TrailKey;
  readonly redis: RedisConnection | undefined;
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
  if (!redis) throw new Error('AUDIT_STORE is redis, and there is no Redis');
  return new RedisAuditStore(redis, key, new Checkpoints(checkpointDirectory, key, clock, logger), clock, retentionMs);
}
