import type { YamlLocation } from '../yaml/yaml-location';
import type { LimitsConfig } from './tenants-config';

/** What the limiters compute exactly: Redis keeps tokens with 14 digits, of which 6 are then behind the point. */
const MAX_PER_MINUTE = 1_000_000_000;

export function parseLimits(location: YamlLocation): LimitsConfig {
  return { requestsPerMinute: location.fields(['requestsPerMinute'])('requestsPerMinute').integer(1, MAX_PER_MINUTE) };
}
