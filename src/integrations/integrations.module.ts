import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuditTrail } from '../audit/audit-trail';
import { CacheModule } from '../cache/cache.module';
import { ResponseCache } from '../cache/response-cache';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { HubsterPortal } from '../hubster/portal';
import { SecretKeys } from '../secrets/secret-keys';
import { AuditedWrites } from './audited-writes';
import { IntegrationReader } from './integration-reader';
import { IntegrationViews } from './integration-view';
import { IntegrationWriter } from './integration-writer';
import { Turns } from './turns';

@Module({
  imports: [CacheModule, AuditModule],
  providers: [
    { provide: IntegrationViews, inject: [SecretKeys], useFactory: (keys: SecretKeys) => new IntegrationViews(keys) },
    {
      provide: IntegrationReader,
      inject: [HubsterPortal, ResponseCache, IntegrationViews, Config],
      useFactory: (portal: HubsterPortal, cache: ResponseCache, views: IntegrationViews, config: Config) =>
        new IntegrationReader(portal, cache, views, config.deadlines),
    },
    {
      provide: IntegrationWriter,
      inject: [HubsterPortal, AuditTrail, ResponseCache, IntegrationViews, SecretKeys, Clock, Config],
      useFactory: (
        portal: HubsterPortal,
        audit: AuditTrail,
        cache: ResponseCache,
        views: IntegrationViews,
        keys: SecretKeys,
        clock: Clock,
        config: Config,
      ) =>
        new IntegrationWriter(
          portal,
          new AuditedWrites(audit, cache, clock),
          views,
          keys,
          new Turns(clock),
          config.deadlines.writeMs,
        ),
    },
  ],
  exports: [IntegrationReader, IntegrationWriter],
})
export class IntegrationsModule {}
