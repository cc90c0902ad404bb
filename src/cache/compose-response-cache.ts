import type { Clock } from '../clock/clock';
import type { Metrics } from '../observability/metrics';
import type { RedisConnection } from '../redis/redis-connection';
import type { SecretKeys } from '../secrets/secret-keys';
import { CacheCounters } from './cache-counters';
import type { CacheOptions } from './cache-options';
import { EntryCodec } from './entry-codec';
import { LocalGenerations } from './local-generations';
import { MemoryStore } from './memory-store';
import { OpenWrites } from './open-writes';
import { RedisGenerationRegistry } from './redis-generation-registry';
import { RedisStore } from './redis-store';
import { Refresher } from './refresher';
import { ReplicaTurns } from './replica-turns';
import { ResponseCache } from './response-cache';
import { SharedGenerations } from './shared-generations';
import { TieredStore } from './tiered-store';

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
