import type { Clock } from '../clock/clock';
import type { Metrics } from '../observability/metrics';
import type { RedisConnection } from '../redis/redis-connection';
import type { SecretKeys } from '../secrets/secret-keys';
import { CacheCounters } from './cache-metrics';
import type { CacheOptions } from './cache-options';
import { OpenWrites } from './generations/in-flight-writes';
import { LocalGenerations } from './generations/local-generations';
import { RedisGenerationRegistry } from './generations/redis-generation-registry';
import { SharedGenerations } from './generations/shared-generations';
import { ReplicaTurns } from './refresh/refresh-lock';
import { Refresher } from './refresh/refresher';
import { ResponseCache } from './response-cache';
import { EntryCodec } from './stores/entry-codec';
import { MemoryStore } from './stores/memory-cache-store';
import { RedisStore } from './stores/redis-cache-store';
import { TieredStore } from './stores/tiered-store';

interface Surroundings {
  readonly options: CacheOptions;
  readonly clock: Clock;
  readonly keys: SecretKeys;
  readonly metrics: Metrics;
  /** Absent: one process, memory only. */
  readonly redis?: RedisConnection;
}

/** The one place that knows which parts the cache is made of. */
export function composeResponseCache({ options, clock, keys, metrics, redis }: Surroundings): ResponseCache {
  const openWrites = new OpenWrites();
  const counters = new CacheCounters(metrics);
  const shared = redis && new RedisStore(redis, new EntryCodec(keys, clock), clock);
  const turns = redis && shared && new ReplicaTurns(redis, shared, clock);
  const generations = redis ? new SharedGenerations(new RedisGenerationRegistry(redis), clock) : new LocalGenerations();
  const store = new TieredStore(new MemoryStore(options.memoryBytes), shared, clock);
  const refresher = new Refresher({ clock, keys, options, generations, openWrites, store, turns });
  return new ResponseCache({ clock, counters, generations, openWrites, store, refresher });
}
