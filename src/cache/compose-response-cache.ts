import type { Clock } from '../clock/clock';
import type { Metrics } from '../observability/metrics';
import type { RedisConnection } from '../redis/redis-connection';
import type { SecretKeys } from '../secrets/secret-keys';
import { CacheMetrics } from './cache-metrics';
import type { CacheOptions } from './cache-options';
import { InFlightWrites } from './generations/in-flight-writes';
import { LocalGenerations } from './generations/local-generations';
import { RedisGenerationRegistry } from './generations/redis-generation-registry';
import { SharedGenerations } from './generations/shared-generations';
import { RefreshLock } from './refresh/refresh-lock';
import { Refresher } from './refresh/refresher';
import { ResponseCache } from './response-cache';
import { EntryCodec } from './stores/entry-codec';
import { MemoryCacheStore } from './stores/memory-cache-store';
import { RedisCacheStore } from './stores/redis-cache-store';
import { TieredStore } from './stores/tiered-store';

interface ComposeOptions {
  readonly options: CacheOptions;
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
