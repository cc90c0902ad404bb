import { cacheDirectives } from '../../src/api/request/caching-headers';
import { composeResponseCache } from '../../src/cache/cache.module';
import { EVERYTHING } from '../../src/cache/generations/tenant-changes';
import { Metrics } from '../../src/observability/metrics/metrics';
import { Problem } from '../../src/problems/problem';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { OPTIONS, Origin, SECOND } from '../support/cache/origin';
import { ManualClock } from '../support/manual-clock';
import { cacheStatusContract, NO_CACHE_HEADERS } from './cache-status.contract';

describe('the cache', () => {
  // Without jitter, for exact seconds; `entry.spec.ts` tests the jitter.
  beforeAll(() => jest.spyOn(Math, 'random').mockReturnValue(0.5));
  afterAll(() => jest.restoreAllMocks());

  cacheStatusContract('ResponseCache', () => {
    const clock = new ManualClock();
    const origin = new Origin();
    const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
    const cache = composeResponseCache({ options: OPTIONS, clock, keys, metrics: new Metrics() });
    return {
      read: (cacheControl) =>
        cache.read(origin.request(clock, { directives: cacheDirectives({ 'cache-control': cacheControl }) })).then(
          ({ cacheStatus, ageSeconds }) => ({ cacheStatus, age: `${ageSeconds}` }),
          () => NO_CACHE_HEADERS,
        ),
      remove: () => {
        origin.status = 404;
      },
      elapse: (seconds) => clock.advance(seconds * SECOND),
      beginWrite: async () => {
        const write = cache.beginWrite('acme', EVERYTHING);
        return () => write.complete();
      },
      blockHubster: () => origin.block(),
      untilWaiting: () => clock.advance(0),
      failHubster: async () => {
        origin.failure = new Problem('upstream-unavailable');
      },
    };
  });
});
