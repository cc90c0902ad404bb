import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { LOGGER, type Logger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { NoRedis, Redis } from '../redis/redis';
import { RedisModule } from '../redis/redis.module';
import { SecretKeys } from '../secrets/secret-keys';
import { type CacheLog, CacheMetrics, cacheLog } from './cache-status';
import { InFlightWrites, LocalGenerations } from './generations/generations';
import { RedisGenerationRegistry } from './generations/redis-generation-registry';
import { SharedGenerations } from './generations/shared-generations';
import { RefreshLock } from './refresh/refresh-lock';
import { Refresher } from './refresh/refresher';
import { ResponseCache } from './response-cache';
import { EntryCodec } from './stores/entry-codec';
import { MemoryCacheStore } from './stores/memory-cache-store';
import { RedisCacheStore } from './stores/redis-cache-store';
import { TieredStore } from './stores/tiered-store';

interface CacheDependencies {
  readonly options: Config['cache'];
  readonly clock: Clock;
  readonly keys: SecretKeys;
  readonly metrics: Metrics;
  readonly redis?: Redis;
  readonly log?: CacheLog;
}

/** Builds the cache. Without Redis it has memory and local generations only. */
export function composeResponseCache({
  options,
  clock,
  keys,
  metrics,
  redis = new NoRedis(),
  log = () => undefined,
}: CacheDependencies): ResponseCache {
  const isShared = redis.isConfigured;
  const inFlightWrites = new InFlightWrites();
  const shared = isShared ? new RedisCacheStore(redis, new EntryCodec(keys, clock), clock) : undefined;
  const refreshLock = shared && new RefreshLock(redis, shared, clock);
  const generations = isShared
    ? new SharedGenerations(new RedisGenerationRegistry(redis), clock)
    : new LocalGenerations();
  const store = new TieredStore(new MemoryCacheStore(options.memoryBytes), shared, clock);
  const refresher = new Refresher(options, store, generations, inFlightWrites, keys, clock, refreshLock, log);
  return new ResponseCache(store, refresher, generations, inFlightWrites, new CacheMetrics(metrics), clock, log);
}

@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: ResponseCache,
      inject: [Config, Clock, SecretKeys, Metrics, Redis, LOGGER],
      useFactory: (
        { cache: options }: Config,
        clock: Clock,
        keys: SecretKeys,
        metrics: Metrics,
        redis: Redis,
        logger: Logger,
      ) => composeResponseCache({ options, clock, keys, metrics, redis, log: cacheLog(logger) }),
    },
  ],
  exports: [ResponseCache],
})
export class CacheModule {}
