import type { YamlLocation } from '../yaml/yaml-location';
import type { LimitsConfig } from './tenants-config';

/** The limiters are exact up to here: Redis stores tokens with 14 digits, 6 of them after the point. */
const MAX_PER_MINUTE = 1_000_000_000;

export function parseLimits(location: YamlLocation): LimitsConfig {
  return { requestsPerMinute: location.fields(['requestsPerMinute'])('requestsPerMinute').integer(1, MAX_PER_MINUTE) };
}
