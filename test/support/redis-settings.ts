import { redisAddress } from '../../src/config/environment/redis-address';
import type { RedisSettings } from '../../src/config/redis-settings';

/** What the configuration reads of a `REDIS_URL`. */
export function redisSettings(url: string, rest: Partial<RedisSettings> = {}): RedisSettings {
  const address = redisAddress().parse(url);
  if (!address) throw new Error('not a REDIS_URL');
  return {
    address: () => address,
    sentinelPassword: () => undefined,
    certificates: () => ({}),
    prefix: '',
    ...rest,
  };
}
