import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { IntegrationSecrets } from '../integrations/integration-secrets';
import { IntegrationsModule } from '../integrations/integrations.module';
import { KeyRotations } from '../integrations/key-rotations';
import { LOGGER, type Logger } from '../observability/logger';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { SecretKeys } from '../secrets/secret-keys';
import { CurrentKeys } from './current-keys';
import { RedisRetiredKeys } from './redis-retired-keys';
import { MemoryRetiredKeys, RetiredKeys } from './retired-keys';
import { WebhookVerifier } from './webhook-verifier';

@Module({
  imports: [IntegrationsModule, RedisModule],
  providers: [
    {
      provide: RetiredKeys,
      inject: [REDIS, SecretKeys, Clock, LOGGER],
      useFactory: (redis: RedisConnection | undefined, keys: SecretKeys, clock: Clock, logger: Logger) => {
        const memory = new MemoryRetiredKeys(clock);
        return redis ? new RedisRetiredKeys(redis, keys, memory, logger) : memory;
      },
    },
    {
      provide: WebhookVerifier,
      inject: [IntegrationSecrets, RetiredKeys, KeyRotations, Clock],
      useFactory: (secrets: IntegrationSecrets, retired: RetiredKeys, rotations: KeyRotations, clock: Clock) => {
        const current = new CurrentKeys(secrets, clock);
        rotations.onRotation(async ({ tenant, integrationId, hubId, retiring }) => {
          await retired.keep(
            { tenant, integrationId, name: retiring.name },
            { hubId, privateKey: retiring.privateKey },
          );
          current.forget(tenant, integrationId);
        });
        return new WebhookVerifier(current, retired);
      },
    },
  ],
  exports: [WebhookVerifier],
})
export class WebhooksModule {}
