import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { Metrics } from '../observability/metrics';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { SecretKeys } from '../secrets/secret-keys';
import { CacheMetrics } from './cache-status';
import { InFlightWrites, LocalGenerations } from './generations/generations';
import { RedisGenerationRegistry } from './generations/redis-generation-registry';
import { SharedGenerations } from './generations/shared-generations';
import { RefreshLock } from './refresh/refresh-lock';
import { Refresher } from './refresh/refresher';
import { ResponseCache } from './response-cache';
import { MemoryCacheStore } from './stores/memory-cache-store';
import { EntryCodec, RedisCacheStore } from './stores/redis-cache-store';
import { TieredStore } from './stores/tiered-store';

interface ComposeOptions {
  readonly options: Config['cache'];
  readonly clock: Clock;
  readonly keys: SecretKeys;
  readonly metrics: Metrics;
  /** Absent: a single process, with memory only. */
  readonly redis?: RedisConnection;
}

/** Builds the cache. Without Redis it has memory and local generations only. */
export function composeResponseCache({ options, clock, keys, metrics, redis }: ComposeOptions): ResponseCache {
  const inFlightWrites = new InFlightWrites();
  const counters = new CacheMetrics(metrics);
  const shared = redis && new RedisCacheStore(redis, new EntryCodec(keys, clock), clock);
  const refreshLock = redis && shared && new RefreshLock(redis, shared, clock);
  const generations = redis ? new SharedGenerations(new RedisGenerationRegistry(redis), clock) : new LocalGenerations();
  const store = new TieredStore(new MemoryCacheStore(options.memoryBytes), shared, clock);
  const refresher = new Refresher({ clock, keys, options, generations, inFlightWrites, store, refreshLock });
  return new ResponseCache({ clock, counters, generations, inFlightWrites, store, refresher });
}

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
