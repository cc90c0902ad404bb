import type { Clock } from '../clock/clock';
import type { Tenant } from '../context/tenant';
import { Problem } from '../problems/problem';
import type { CacheMetrics } from './cache-metrics';
import type { CacheRead, CacheResult } from './cache-read';
import * as cacheStatus from './cache-status';
import { ageOf, type Entry } from './entries/entry';
import { type Generation, type Generations, TRUST_MS } from './generations/generations';
import type { InFlightWrites } from './generations/in-flight-writes';
import type { Refresher } from './refresh/refresher';
import { NO_DIRECTIVES, type RequestDirectives, type Usability, usabilityOf } from './request-directives';
import { cacheKeyOf } from './stores/cache-store';
import type { Found, TieredStore } from './stores/tiered-store';

/** A write under way; while it is open, nothing that is loaded for its tenant is stored. */
export interface Write {
  /** Makes all entries of the tenant dead while the write stays open: for an answer that says "outcome unknown". */
  renew(): Promise<void>;
  /** Settled: as `renew`, and what is loaded from now on is stored. To be awaited before the write is answered. */
  end(): Promise<void>;
}

interface ResponseCacheOptions {
  readonly clock: Clock;
  readonly counters: CacheMetrics;
  readonly generations: Generations;
  readonly inFlightWrites: InFlightWrites;
  readonly store: TieredStore;
  readonly refresher: Refresher;
}

/** The answers of Hubster, kept per tenant. No method but `read` ever throws. */
export class ResponseCache {
  constructor(private readonly parts: ResponseCacheOptions) {}

  /**
   * Answers from what is kept, or by `request.load`.
   * @throws what `load` throws, or `upstream-timeout` when the caller's deadline ends first, if nothing stale may stand in; `not-cached`
   */
  async read(request: CacheRead): Promise<CacheResult> {
    const generation = await this.parts.generations.confirmed(request.tenant);
    if (request.directives.noCache) return this.#forward(request, generation, 'request');
    const found = await this.#find(request, generation);
    if (!found) return this.#forward(request, generation, 'miss');
    const { entry, tier } = found;
    switch (this.#usability(request, entry)) {
      case 'unwanted':
        return this.#forward(request, generation, 'request');
      case 'fresh':
        this.parts.counters.count(tier);
        return this.#response(entry, cacheStatus.hit(this.#ttl(entry)));
      case 'stale-while-revalidate':
        this.parts.refresher.refreshInBackground(request, generation);
        this.parts.counters.count('stale-while-revalidate');
        return this.#response(entry, cacheStatus.staleWhileRevalidate(this.#ttl(entry)));
      default:
        return this.#forward(request, generation, 'stale', entry);
    }
  }

  /**
   * What is fresh, in memory, trusted and as the caller's `Cache-Control` wants it, at once: for the lane of hits, which tells by
   * `countPeeked` that it took it.
   */
  peek(
    { id: tenant, visibility }: Pick<Tenant, 'id' | 'visibility'>,
    key: string,
    directives: RequestDirectives,
  ): CacheResult | undefined {
    const { id, isTrusted } = this.parts.generations.current(tenant);
    const entry = isTrusted ? this.parts.store.peek({ tenant, visibility, generation: id, key }) : undefined;
    const isWanted = directives === NO_DIRECTIVES || (entry && this.#usability({ directives }, entry) === 'fresh');
    if (!entry || !isWanted) return undefined;
    return this.#response(entry, cacheStatus.hit(this.#ttl(entry)));
  }

  /** Apart from `peek`, as what was seen may still be left to the ordinary path, which counts for itself. */
  countPeeked(): void {
    this.parts.counters.count('memory');
  }

  beginWrite(tenant: string): Write {
    const { generations, inFlightWrites } = this.parts;
    let ended: Promise<void> | undefined;
    inFlightWrites.begin(tenant);
    const end = async () => {
      await generations.renew(tenant);
      inFlightWrites.end(tenant);
    };
    return {
      renew: () => generations.renew(tenant),
      end: () => {
        ended ??= end();
        return ended;
      },
    };
  }

  /** Drops all that is kept for the tenant. */
  async purge(tenant: string): Promise<void> {
    this.parts.store.clear(tenant);
    await this.parts.generations.renew(tenant);
  }

  async #find(request: CacheRead, generation: Generation): Promise<Found | undefined> {
    const { isTrusted } = generation;
    const cacheKey = cacheKeyOf(request, generation);
    // While our own write is open, Redis may hold what another replica has loaded before it took effect.
    if (isTrusted && !this.parts.inFlightWrites.has(request.tenant)) return this.parts.store.find(cacheKey);
    const entry = this.parts.store.remembered(cacheKey);
    // Untrusted: nobody can tell whether a replica has written since, so it must have been loaded just now.
    return entry && (isTrusted || this.#age(entry) <= TRUST_MS) ? { entry, tier: 'memory' } : undefined;
  }

  async #forward(
    request: CacheRead,
    generation: Generation,
    why: 'miss' | 'stale' | 'request',
    stale?: Entry,
  ): Promise<CacheResult> {
    if (request.directives.onlyIfCached) {
      this.parts.counters.count('only-if-cached');
      throw new Problem('not-cached');
    }
    try {
      const refreshed = await this.parts.refresher.refresh(request, generation, why === 'request');
      this.parts.counters.count(refreshed.isCollapsed ? 'collapsed' : why);
      return this.#response(refreshed.entry, cacheStatus.forwarded(why, refreshed));
    } catch (error) {
      if (!stale || !request.mayServeStale(error) || !this.#isStillGood(request, generation, stale)) {
        this.parts.counters.count('failed');
        throw error;
      }
      this.parts.counters.count('stale-if-error');
      return this.#response(stale, cacheStatus.staleIfError(this.#ttl(stale)));
    }
  }

  /** A write may have been answered, or the entry have grown too old, while Hubster let us wait. */
  #isStillGood(request: CacheRead, { id }: Generation, entry: Entry): boolean {
    return this.parts.generations.isCurrent(request.tenant, id) && this.#usability(request, entry) !== 'expired';
  }

  #response(entry: Entry, status: string): CacheResult {
    return { response: entry.response, ageSeconds: Math.floor(this.#age(entry) / 1000), cacheStatus: status };
  }

  #usability({ directives }: Pick<CacheRead, 'directives'>, entry: Entry): Usability {
    return usabilityOf(entry, directives, this.parts.clock.monotonic());
  }

  #age(entry: Entry): number {
    return ageOf(entry, this.parts.clock.monotonic());
  }

  #ttl(entry: Entry): number {
    return Math.floor((entry.freshMs - this.#age(entry)) / 1000);
  }
}
