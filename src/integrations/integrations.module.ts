import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CacheModule } from '../cache/cache.module';
import { RedisModule } from '../redis/redis.module';
import { AuditedWrites } from './audited-writes';
import { IntegrationReader } from './integration-reader';
import { IntegrationSecrets } from './integration-secrets';
import { IntegrationViews } from './integration-view';
import { IntegrationWriter } from './integration-writer';
import { KeyRotations } from './key-rotations';
import { ReadBack } from './read-back';
import { AuditReconciler } from './reconciliation/audit-reconciler';
import { BackgroundReconciler } from './reconciliation/background-reconciler';
import { Reconciler } from './reconciliation/reconciler';
import { StartupReconciler } from './reconciliation/startup-reconciler';
import { WriteLock } from './write-lock/write-lock';

@Module({
  imports: [CacheModule, AuditModule, RedisModule],
  providers: [
    IntegrationViews,
    IntegrationReader,
    IntegrationSecrets,
    IntegrationWriter,
    ReadBack,
    KeyRotations,
    WriteLock,
    AuditedWrites,
    Reconciler,
    BackgroundReconciler,
    AuditReconciler,
    StartupReconciler,
  ],
  exports: [
    BackgroundReconciler,
    IntegrationReader,
    IntegrationWriter,
    IntegrationSecrets,
    KeyRotations,
    StartupReconciler,
  ],
})
export class IntegrationsModule {}
