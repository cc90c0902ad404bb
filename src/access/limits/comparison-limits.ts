import type { Clock } from '../../clock/clock';
import type { Caller } from '../../context/caller';
import type { Tenant } from '../../context/tenant';
import type { Redis } from '../../redis/redis';
import { SharedLimit } from './shared-limit';

const BY_CALLER = { perMinute: 10, burst: 10 };
const OF_SECRET = { perMinute: 30, burst: 30 };

/**
 * Limits the comparisons of values with secrets in use: ten a minute by a caller, and thirty a minute for one field of one integration
 * by all callers, as an issuer may have any number of subjects.
 */
export class ComparisonLimits {
  readonly #byCaller: SharedLimit;
  readonly #ofSecret: SharedLimit;

  constructor(clock: Clock, redis: Redis) {
    this.#byCaller = new SharedLimit('comparisons-by-caller', BY_CALLER, clock, redis);
    this.#ofSecret = new SharedLimit('comparisons-of-secret', OF_SECRET, clock, redis);
  }

  /** Throws `rate-limited`. Callers with passthrough tokens share a caller id, so their tenant ids count too. */
  takeByCaller({ caller, tenant }: { readonly caller: Caller; readonly tenant: Tenant }): Promise<void> {
    return this.#byCaller.take(...('portalToken' in tenant.credentials ? [tenant.id, caller.id] : [caller.id]));
  }

  /** Throws `rate-limited`. Call it only for integrations that exist: made-up ids must not displace the counts of others. */
  takeOfSecret({ id }: Tenant, integrationId: string, pointer: string): Promise<void> {
    return this.#ofSecret.take(id, integrationId, pointer);
  }
}
