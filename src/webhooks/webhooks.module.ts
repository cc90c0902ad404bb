import { Module, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { IntegrationsModule } from '../integrations/integrations.module';
import { KeyRotations } from '../integrations/key-rotations';
import { LOGGER, type Logger } from '../observability/log/logger';
import { CoordinationRedis } from '../redis/coordination-redis';
import { RedisModule } from '../redis/redis.module';
import { SecretKeys } from '../secrets/secret-keys';
import { CurrentKeys } from './current-keys';
import { RedisRetiredKeys } from './redis-retired-keys';
import { MemoryRetiredKeys, RetiredKeys } from './retired-keys';
import { WebhookVerifier } from './webhook-verifier';

@Module({
  imports: [IntegrationsModule, RedisModule],
  providers: [
    CurrentKeys,
    { provide: RetiredKeys, inject: [CoordinationRedis, SecretKeys, Clock, LOGGER], useFactory: createRetiredKeys },
    WebhookVerifier,
  ],
  exports: [WebhookVerifier],
})
export class WebhooksModule implements OnModuleInit {
  constructor(
    private readonly rotations: KeyRotations,
    private readonly verifier: WebhookVerifier,
  ) {}

  onModuleInit(): void {
    this.rotations.onRotation((rotation) => this.verifier.retire(rotation));
  }
}

function createRetiredKeys(redis: CoordinationRedis, keys: SecretKeys, clock: Clock, logger: Logger): RetiredKeys {
  const memory = new MemoryRetiredKeys(clock);
  return redis.isConfigured ? new RedisRetiredKeys(redis, keys, memory, logger) : memory;
}
