import type { LimitsConfig } from './tenants-config';
import type { YamlPlace } from './yaml-place';

export function parseLimits(place: YamlPlace): LimitsConfig {
  return { requestsPerMinute: place.fields(['requestsPerMinute'])('requestsPerMinute').integer(1, 1_000_000) };
}
