import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { Metrics } from '../observability/metrics';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { SecretKeys } from '../secrets/secret-keys';
import { composeResponseCache } from './compose-response-cache';
import { ResponseCache } from './response-cache';

@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: ResponseCache,
      inject: [Config, Clock, SecretKeys, Metrics, REDIS],
      useFactory: (
        { cache: options }: Config,
        clock: Clock,
        keys: SecretKeys,
        metrics: Metrics,
        redis: RedisConnection | undefined,
      ) => composeResponseCache({ options, clock, keys, metrics, ...(redis && { redis }) }),
    },
  ],
  exports: [ResponseCache],
})
export class CacheModule {}
