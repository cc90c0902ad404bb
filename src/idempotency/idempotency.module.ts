import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { CoordinationRedis } from '../redis/coordination-redis';
import { RedisModule } from '../redis/redis.module';
import { Idempotency } from './idempotency';
import { IdempotencyStore } from './idempotency-store';
import { MemoryIdempotencyStore } from './memory-idempotency-store';
import { RedisIdempotencyStore } from './redis-idempotency-store';

@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: IdempotencyStore,
      inject: [CoordinationRedis, Clock],
      useFactory: (redis: CoordinationRedis, clock: Clock) =>
        redis.isConfigured ? new RedisIdempotencyStore(redis) : new MemoryIdempotencyStore(clock),
    },
    Idempotency,
  ],
  exports: [Idempotency],
})
export class IdempotencyModule {}
