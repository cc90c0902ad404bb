import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import { isPassthrough } from '../../context/quota';
import type { Tenant } from '../../context/tenant';
import { Redis } from '../../redis/redis';
import type { AuthContext } from '../access';
import { LeasedRateLimiter, redisLease } from './leased-rate-limiter';
import { fillMs, LocalRateLimiter, type Rate, type RateLimiter, rateOf } from './rate-limiter';

/** The decision about one request. */
interface LimitDecision {
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): alternating names and values. */
  readonly headers: readonly string[];
  /** Present for a rejected request: seconds until the next one may succeed. */
  readonly waitSeconds?: number;
}

interface Limit {
  readonly name: 'tenant' | 'caller';
  readonly policy: string;
  readonly rate: Rate;
  readonly limiter: RateLimiter;
}

const MAX_LIMITS = 20_000;
const MAX_PASSTHROUGH_TOKENS = 10_000;

type LimitTable = LRUCache<string, Limit>;

/** Rate limits of tenants and callers, shared between replicas through Redis if configured. Never waits for Redis. */
@Injectable()
export class Limits {
  readonly #configured: LimitTable = new LRUCache({ max: MAX_LIMITS });
  /** Separate, so that passthrough tokens, of which a caller may have many, displace no other limit. */
  readonly #passthroughTokens: LimitTable = new LRUCache({ max: MAX_PASSTHROUGH_TOKENS });

  constructor(
    private readonly clock: Clock,
    private readonly redis: Redis,
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
    if (exhausted.length > 0) return { headers: headersOf(limits), waitSeconds: waitSecondsFor(exhausted) };
    for (const { limiter } of limits) limiter.take();
    return { headers: headersOf(limits) };
  }

  /** A limit that the tenants file has changed starts full. */
  #limitOf(table: LimitTable, name: Limit['name'], id: string, perMinute: number): Limit {
    const key = `${name}:${id}`;
    const known = table.get(key);
    if (known?.rate.perMinute === perMinute) return known;
    const rate = rateOf(perMinute);
    const policy = `"${name}";q=${perMinute};w=60`;
    const limit = { name, policy, rate, limiter: this.#limiterOf(key, rate) };
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
    policy += separator + limit.policy;
  }
  return ['ratelimit', state, 'ratelimit-policy', policy];
}

/** Requests left (`r`), and seconds until the limit is full again (`t`). */
function stateOf({ name, rate, limiter }: Limit): string {
  const remaining = Math.max(0, Math.floor(limiter.remaining));
  return `"${name}";r=${remaining};t=${Math.ceil(fillMs(rate, rate.burst - remaining) / 1000)}`;
}

function waitSecondsFor(exhausted: readonly Limit[]): number {
  return Math.max(...exhausted.map(({ rate, limiter }) => fillMs(rate, 1 - limiter.remaining))) / 1000;
}
