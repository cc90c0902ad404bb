import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import { isPassthrough } from '../../context/quota';
import type { Tenant } from '../../context/tenant';
import { TenantTable } from '../../context/tenant-table';
import { CoordinationRedis } from '../../redis/coordination-redis';
import type { AuthContext } from '../access';
import { LeasedRateLimiter, redisLease } from './leased-rate-limiter';
import { fillMs, LocalRateLimiter, type Rate, type RateLimiter, rateOf } from './rate-limiter';

/** The decision about one request. */
interface LimitDecision {
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): alternating names and values. */
  readonly headers: readonly string[];
  /** Present for a rejected request: seconds until the next one may succeed. */
  readonly waitSeconds?: number;
  /** The limits that rejected it. */
  readonly exhausted?: readonly string[];
}

interface Limit {
  /** Of the policy whose state `RateLimit` has: that of the burst, which is what a request meets. */
  readonly burstName: string;
  readonly policies: string;
  readonly rate: Rate;
  readonly limiter: RateLimiter;
}

const MAX_PASSTHROUGH_TOKENS = 10_000;

type LimitTable = TenantTable<Limit> | LRUCache<string, Limit>;

/** Rate limits of tenants and callers, shared between replicas through Redis if configured. Never waits for Redis. */
@Injectable()
export class Limits {
  readonly #configured: LimitTable = new TenantTable<Limit>();
  /** Separate, so that passthrough tokens, of which a caller may have many, displace no other limit. */
  readonly #passthroughTokens: LimitTable = new LRUCache({ max: MAX_PASSTHROUGH_TOKENS });

  constructor(
    private readonly clock: Clock,
    private readonly redis: CoordinationRedis,
  ) {}

  /**
   * Counts one request, even if it is rejected later, for its caller and for the tenant, if the caller may act for it. Returns undefined
   * if neither of them has a limit.
   */
  take({
    tenant,
    caller,
  }: Pick<AuthContext, 'caller'> & { readonly tenant: Tenant | undefined }): LimitDecision | undefined {
    const limits: Limit[] = [];
    if (tenant?.requestsPerMinute !== undefined) {
      const table = isPassthrough(tenant) ? this.#passthroughTokens : this.#configured;
      limits.push(this.#limitOf(table, 'tenant', tenant.id, tenant.requestsPerMinute));
    }
    if (caller.requestsPerMinute !== undefined)
      limits.push(this.#limitOf(this.#configured, 'caller', caller.id, caller.requestsPerMinute));
    if (limits.length === 0) return undefined;
    const exhausted = limits.filter(({ limiter }) => !limiter.hasLeft);
    // A request that one limit rejects must not use up another.
    if (exhausted.length > 0) {
      const names = exhausted.map(({ burstName }) => burstName);
      return { headers: headersOf(limits), waitSeconds: waitSecondsFor(exhausted), exhausted: names };
    }
    for (const { limiter } of limits) limiter.take();
    return { headers: headersOf(limits) };
  }

  /** A limit that the tenants file has changed starts full. */
  #limitOf(table: LimitTable, name: 'tenant' | 'caller', id: string, perMinute: number): Limit {
    const key = `${name}:${id}`;
    const known = table.get(key);
    if (known?.rate.perMinute === perMinute) return known;
    const rate = rateOf(perMinute);
    const burstName = `${name}-burst`;
    const limit = { burstName, policies: policiesOf(name, burstName, rate), rate, limiter: this.#limiterOf(key, rate) };
    table.set(key, limit);
    return limit;
  }

  #limiterOf(key: string, rate: Rate): RateLimiter {
    if (!this.redis.isConfigured) return new LocalRateLimiter(this.clock, rate);
    return new LeasedRateLimiter(this.clock, rate, redisLease(this.redis, key, rate));
  }
}

function headersOf(limits: readonly Limit[]): readonly string[] {
  let state = '';
  let policy = '';
  for (const limit of limits) {
    const separator = state === '' ? '' : ', ';
    state += separator + stateOf(limit);
    policy += separator + limit.policies;
  }
  return ['ratelimit', state, 'ratelimit-policy', policy];
}

/** The configured quota of a minute, and how many of it may come at once: `w` seconds refill a burst of `q` requests. */
function policiesOf(name: string, burstName: string, rate: Rate): string {
  const { perMinute, burst } = rate;
  const refillSeconds = Math.ceil(fillMs(rate, burst) / 1000);
  return `"${name}";q=${perMinute};w=60, "${burstName}";q=${Math.floor(burst)};w=${refillSeconds}`;
}

/** Requests left of a burst (`r`), and seconds until it is full again (`t`). */
function stateOf({ burstName, rate, limiter }: Limit): string {
  const remaining = Math.max(0, Math.floor(limiter.remaining));
  return `"${burstName}";r=${remaining};t=${Math.ceil(fillMs(rate, rate.burst - remaining) / 1000)}`;
}

function waitSecondsFor(exhausted: readonly Limit[]): number {
  return Math.max(...exhausted.map(({ rate, limiter }) => fillMs(rate, 1 - limiter.remaining))) / 1000;
}
