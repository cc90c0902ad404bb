import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { logEvent } from '../observability/log/log-events';
import { LOGGER, type Logger } from '../observability/log/logger';
import { AuditStore } from './audit-store';
import { AuditTrail } from './audit-trail';
import { TrailKey } from './chain/chain';
import { Checkpoints } from './chain/checkpoints';
import { SchemaOutdated } from './postgres/migrate';
import { PostgresAuditStore } from './postgres/postgres-audit-store';
import { TrailDatabase } from './postgres/trail-database';
import { AuditQuery } from './query/audit-query';
import { UnresolvedIntents } from './query/unresolved-intents';
import { Recorder } from './recording/recorder';
import { FileAuditStore } from './stores/file-audit-store';

@Module({
  providers: [
    TrailKey,
    { provide: AuditStore, inject: [Config, TrailKey, Clock, LOGGER], useFactory: createStore },
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
    await this.store.close();
  }
}

/**
 * The store that `AUDIT_STORE` names. A database that is away is not waited for: the recorder tries until it is back. Throws
 * `SchemaOutdated` if its schema has to be migrated by somebody else.
 */
async function createStore({ audit, redis }: Config, key: TrailKey, clock: Clock, logger: Logger): Promise<AuditStore> {
  const { dir: directory, checkpointsDir: checkpointDirectory, retentionMs, database: source } = audit;
  if (!source) {
    const location = { directory, checkpointDirectory, retentionMs };
    return new FileAuditStore(location, { key, clock, logger, isOneOfSeveral: redis !== undefined });
  }
  const database = new TrailDatabase(source);
  await database.prepare().catch(async (error: unknown) => {
    if (!(error instanceof SchemaOutdated)) return;
    await database.close();
    throw error;
  });
  const checkpoints = new Checkpoints(checkpointDirectory, key, clock, logger);
  return new PostgresAuditStore(database, key, checkpoints, clock, retentionMs);
}
