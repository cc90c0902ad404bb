import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
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
      inject: [REDIS, SecretKeys, Clock, Config],
      useFactory: (redis: RedisConnection | undefined, keys: SecretKeys, clock: Clock, { deadlines }: Config) =>
        redis
          ? new Idempotency(new RedisIdempotencyStore(redis), keys.all, clock, deadlines.writeMs)
          : new Idempotency(new MemoryIdempotencyStore(clock), [keys], clock, deadlines.writeMs),
    },
  ],
  exports: [Idempotency],
})
export class IdempotencyModule {}
