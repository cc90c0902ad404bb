import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { SecretKeys } from '../secrets/secret-keys';
import { Idempotency } from './idempotency';
import { MemoryIdempotencyStore } from './memory-idempotency-store';
import { RedisIdempotencyStore } from './redis-idempotency-store';

@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: Idempotency,
      inject: [REDIS, SecretKeys, Clock],
      useFactory: (redis: RedisConnection | undefined, keys: SecretKeys, clock: Clock) =>
        redis
          ? new Idempotency(new RedisIdempotencyStore(redis), keys.all, clock)
          : new Idempotency(new MemoryIdempotencyStore(clock), [keys], clock),
    },
  ],
  exports: [Idempotency],
})
export class IdempotencyModule {}
