import { type Redis, RedisUnavailable } from '../../redis/redis';
import type { Lease } from './leased-rate-limiter';
import type { Rate } from './rate';

/** A bucket that was not used for this long is full again: any burst is refilled within a minute. */
const LIFE_MS = 120_000;

/**
 * A token bucket by the clock of Redis, as the clocks of replicas differ. A debt is always taken and may make the bucket negative;
 * leases are whole tokens.
 */
const LEASE = `
  local perMinute, burst, debt, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local time = redis.call('TIME')
  local now = time[1] * 1000 + time[2] / 1000
  local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or burst)
  local filledAt = tonumber(redis.call('HGET', KEYS[1], 'filledAt') or now)
  tokens = math.min(burst, tokens + math.max(0, now - filledAt) * perMinute / 60000) - debt
  local granted = math.max(0, math.min(wanted, math.floor(tokens)))
  redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - granted), 'filledAt', string.format('%.3f', now))
  redis.call('PEXPIRE', KEYS[1], ${LIFE_MS})
  return { granted, math.floor(tokens - granted) }`;

/** Leases from the bucket of `id` in Redis. Rejects with `RedisUnavailable`. */
export function redisLease(redis: Redis, id: string, { perMinute, burst }: Rate): Lease {
  return async (debt, wanted) => {
    const reply = await redis.eval(LEASE, [`stagedoor:{${id}}:limit`], perMinute, burst, debt, wanted);
    const [granted, left]: unknown[] = Array.isArray(reply) ? reply : [];
    if (typeof granted !== 'number' || typeof left !== 'number') throw new RedisUnavailable();
    return { granted: Math.min(wanted, Math.max(0, granted)), left };
  };
}
