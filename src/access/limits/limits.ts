import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import type { RedisConnection } from '../../redis/redis-connection';
import type { Admission } from '../access';
import { LeasedAllowance } from './leased-rate-limiter';
import { LocalAllowance } from './local-rate-limiter';
import { fillMs, type Rate, rateOf } from './rate';
import type { Allowance } from './rate-limiter';
import { redisLease } from './redis-lease';

/** What the limits say of one request. */
export interface Ruling {
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): names and values in turn. */
  readonly headers: readonly string[];
  /** For a request that may not go on: seconds until one may. */
  readonly waitSeconds?: number;
}

interface Limit {
  readonly name: 'tenant' | 'caller';
  readonly policy: string;
  readonly rate: Rate;
  readonly allowance: Allowance;
}

const MAX_LIMITS = 20_000;
const MAX_OWN_TOKENS = 10_000;

type LimitTable = LRUCache<string, Limit>;

/** How often each tenant and each caller may call; shared over replicas where there is Redis. Never waits for it. */
export class Limits {
  readonly #configured: LimitTable = new LRUCache({ max: MAX_LIMITS });
  /** Apart, so that callers with tokens of their own, who may have many, push out nobody else's limit. */
  readonly #ownTokens: LimitTable = new LRUCache({ max: MAX_OWN_TOKENS });

  constructor(
    private readonly clock: Clock,
    private readonly redis: RedisConnection | undefined,
  ) {}

  /**
   * Counts one request, also of a caller who may not make it, for the tenant that it may act for, if any. Nothing where neither
   * the tenant nor the caller has a limit.
   */
  take({ tenant, caller }: Pick<Admission, 'caller'> & Partial<Admission>): Ruling | undefined {
    const limits: Limit[] = [];
    if (tenant?.requestsPerMinute !== undefined) {
      const table = 'portalToken' in tenant.credentials ? this.#ownTokens : this.#configured;
      limits.push(this.#limitOf(table, 'tenant', tenant.id, tenant.requestsPerMinute));
    }
    if (caller.requestsPerMinute !== undefined)
      limits.push(this.#limitOf(this.#configured, 'caller', caller.id, caller.requestsPerMinute));
    if (limits.length === 0) return undefined;
    const exhausted = limits.filter(({ allowance }) => !allowance.hasLeft);
    // What one limit refuses must not use up another.
    if (exhausted.length > 0) return { headers: headersOf(limits), waitSeconds: waitSecondsFor(exhausted) };
    for (const { allowance } of limits) allowance.take();
    return { headers: headersOf(limits) };
  }

  /** A limit that the tenants file has changed begins anew. */
  #limitOf(table: LimitTable, name: Limit['name'], id: string, perMinute: number): Limit {
    const key = `${name}:${id}`;
    const known = table.get(key);
    if (known?.rate.perMinute === perMinute) return known;
    const rate = rateOf(perMinute);
    const policy = `"${name}";q=${perMinute};w=60`;
    const made = { name, policy, rate, allowance: this.#allowanceOf(key, rate) };
    table.set(key, made);
    return made;
  }

  #allowanceOf(key: string, rate: Rate): Allowance {
    if (!this.redis) return new LocalAllowance(this.clock, rate);
    return new LeasedAllowance(this.clock, rate, redisLease(this.redis, key, rate));
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

/** What is left, and in how many seconds all of it is there again. */
function stateOf({ name, rate, allowance }: Limit): string {
  const remaining = Math.max(0, Math.floor(allowance.remaining));
  return `"${name}";r=${remaining};t=${Math.ceil(fillMs(rate, rate.burst - remaining) / 1000)}`;
}

function waitSecondsFor(exhausted: readonly Limit[]): number {
  return Math.max(...exhausted.map(({ rate, allowance }) => fillMs(rate, 1 - allowance.remaining))) / 1000;
}
