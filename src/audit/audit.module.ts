import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { SecretKeys } from '../secrets/secret-keys';
import { AuditStore } from './audit-store';
import { AuditTrail } from './audit-trail';
import { TrailKey } from './chain/trail-key';
import { openFileStore } from './files/open-file-store';
import { Recorder } from './recorder';

@Module({
  providers: [
    {
      provide: AuditStore,
      inject: [Config, SecretKeys, Clock, LOGGER],
      useFactory: ({ audit }: Config, keys: SecretKeys, clock: Clock, logger: Logger) =>
        openFileStore(
          { directory: audit.dir, checkpointDirectory: audit.checkpointsDir, retentionMs: audit.retentionMs },
          { key: new TrailKey(keys), clock, logger },
        ),
    },
    {
      provide: AuditTrail,
      inject: [AuditStore, Clock, Metrics, LOGGER],
      useFactory: (store: AuditStore, clock: Clock, metrics: Metrics, logger: Logger) =>
        new AuditTrail(new Recorder(store, clock, metrics, logger), clock),
    },
  ],
  exports: [AuditTrail],
})
export class AuditModule implements OnApplicationShutdown {
  constructor(private readonly trail: AuditTrail) {}

  async onApplicationShutdown(): Promise<void> {
    await this.trail.seal();
  }
}
