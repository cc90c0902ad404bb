import type { Clock } from '../../clock/clock';
import type { Caller } from '../../context/caller';
import type { Tenant } from '../../context/tenant';
import type { RedisConnection } from '../../redis/redis-connection';
import { SharedLimit } from './shared-limit';

const BY_CALLER = { perMinute: 10, burst: 10 };
const OF_SECRET = { perMinute: 30, burst: 30 };

/**
 * How often it may be found out whether a value is a secret in use: ten times a minute by a caller, and thirty times for one
 * field of one integration, whoever asks, as an issuer may have any number of subjects.
 */
export class ComparisonLimits {
  readonly #byCaller: SharedLimit;
  readonly #ofSecret: SharedLimit;

  constructor(clock: Clock, redis: RedisConnection | undefined) {
    this.#byCaller = new SharedLimit('comparisons-by-caller', BY_CALLER, clock, redis);
    this.#ofSecret = new SharedLimit('comparisons-of-secret', OF_SECRET, clock, redis);
  }

  /** Throws `rate-limited`. Callers with portal tokens of their own share an id, so their tenants stand for them. */
  takeByCaller({ caller, tenant }: { readonly caller: Caller; readonly tenant: Tenant }): Promise<void> {
    return this.#byCaller.take(...('portalToken' in tenant.credentials ? [tenant.id, caller.id] : [caller.id]));
  }

  /** Throws `rate-limited`. To be called for integrations that exist: made-up ids must not push out what is counted. */
  takeOfSecret({ id }: Tenant, integrationId: string, pointer: string): Promise<void> {
    return this.#ofSecret.take(id, integrationId, pointer);
  }
}
