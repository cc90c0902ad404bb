import type { Clock } from '../clock/clock';
import type { Tenant } from '../context/tenant';
import { Problem } from '../problems/problem';
import {
  type CacheRead,
  type CacheResult,
  NO_DIRECTIVES,
  type RequestDirectives,
  type Usability,
  usabilityOf,
} from './cache-read';
import type { CacheLog, CacheMetrics, ReadResult } from './cache-status';
import * as cacheStatus from './cache-status';
import { ageOf, type Entry } from './entry';
import { type Generation, type Generations, type InFlightWrites, TRUST_MS } from './generations/generations';
import { type Affected, EVERYTHING } from './generations/tenant-changes';
import type { Refresher } from './refresh/refresher';
import { cacheKeyOf } from './stores/cache-store';
import type { FoundEntry, TieredStore } from './stores/tiered-store';

/** Until it is completed, no response that it affects is stored. */
export interface InFlightWrite {
  /**
   * For a write whose outcome is unknown: makes all entries of the tenant unusable, and until the write is completed no response of the
   * tenant is stored.
   */
  invalidate(): Promise<void>;
  /**
   * Makes the affected entries unusable, and stores loaded responses again. Has to be awaited before the response to the write is sent.
   * `more`: tags that were not known when the write began.
   */
  complete(more?: readonly string[]): Promise<void>;
}

/** Hubster's responses, cached per tenant. Only `read` throws. */
export class ResponseCache {
  constructor(
    private readonly store: TieredStore,
    private readonly refresher: Refresher,
    private readonly generations: Generations,
    private readonly inFlightWrites: InFlightWrites,
    private readonly metrics: CacheMetrics,
    private readonly clock: Clock,
    private readonly log: CacheLog = () => undefined,
  ) {}

  /**
   * Responds from the cache or by `request.load`.
   * @throws the error of `load`, or `upstream-timeout` when the caller's deadline ends first, unless a stale entry may be served; `not-cached`
   */
  async read(request: CacheRead): Promise<CacheResult> {
    const generation = await this.generations.confirmed(request.tenant, request.tags);
    if (request.directives.noCache) return this.#forward(request, generation, 'request', 'no-cache');
    const found = await this.#find(request, generation);
    if (!found) return this.#forward(request, generation, 'miss', this.#absence(request, generation));
    const { entry, tier } = found;
    switch (this.#usability(request, entry)) {
      case 'unwanted':
        return this.#forward(request, generation, 'request', 'directives');
      case 'fresh':
        this.#count(request, tier, 'fresh');
        return this.#response(entry, cacheStatus.hit);
      case 'stale-while-revalidate':
        this.refresher.refreshInBackground(request, generation);
        this.#count(request, 'stale-while-revalidate', 'stale');
        return this.#response(entry, cacheStatus.staleWhileRevalidate);
      default:
        return this.#forward(request, generation, 'stale', 'expired', entry);
    }
  }

  /**
   * An entry that is fresh, in memory, trusted, and allowed by the directives. For the hook of cached reads, which calls
   * `countPeeked` when it sends the entry.
   */
  peek(
    { id: tenant, visibility }: Pick<Tenant, 'id' | 'visibility'>,
    { key, tags }: Pick<CacheRead, 'key' | 'tags'>,
    directives: RequestDirectives,
  ): CacheResult | undefined {
    const { id, isTrusted } = this.generations.current(tenant, tags);
    const entry = isTrusted ? this.store.peek({ tenant, visibility, generation: id, key }) : undefined;
    const isWanted = directives === NO_DIRECTIVES || (entry && this.#usability({ directives }, entry) === 'fresh');
    if (!entry || !isWanted) return undefined;
    return this.#response(entry, cacheStatus.hit);
  }

  /** Separate from `peek`, as the hook may leave the request to the handler, which counts it. */
  countPeeked(): void {
    this.metrics.count('memory');
  }

  beginWrite(tenant: string, affected: Affected): InFlightWrite {
    let completed: Promise<void> | undefined;
    let renewed = affected;
    let end = this.inFlightWrites.begin(tenant, affected);
    const complete = async (more: readonly string[]) => {
      await this.generations.renew(tenant, renewed === EVERYTHING ? renewed : [...renewed, ...more]);
      end();
    };
    return {
      invalidate: () => {
        const endAffected = end;
        end = this.inFlightWrites.begin(tenant, EVERYTHING);
        endAffected();
        renewed = EVERYTHING;
        return this.generations.renew(tenant, EVERYTHING);
      },
      complete: (more = []) => {
        completed ??= complete(more);
        return completed;
      },
    };
  }

  /** Frees the memory of the tenant's entries; those that Redis has are still valid. */
  drop(tenant: string): void {
    this.store.clear(tenant);
  }

  /** Makes all entries of the tenant unusable. */
  async purge(tenant: string): Promise<void> {
    this.drop(tenant);
    await this.generations.renew(tenant, EVERYTHING);
  }

  async #find(request: CacheRead, generation: Generation): Promise<FoundEntry | undefined> {
    const { isTrusted } = generation;
    const cacheKey = cacheKeyOf(request, generation);
    // While this process has a write in flight, another replica may have stored in Redis a response from before the write.
    if (isTrusted && !this.inFlightWrites.affect(request.tenant, request.tags)) return this.store.find(cacheKey);
    const entry = this.store.getFromMemory(cacheKey);
    // Untrusted: another replica may have written since, so only an entry that was loaded within `TRUST_MS` is used.
    return entry && (isTrusted || this.#age(entry) <= TRUST_MS) ? { entry, tier: 'memory' } : undefined;
  }

  async #forward(
    request: CacheRead,
    generation: Generation,
    why: 'miss' | 'stale' | 'request',
    reason: string,
    stale?: Entry,
  ): Promise<CacheResult> {
    if (request.directives.onlyIfCached) {
      this.#count(request, 'only-if-cached', reason);
      throw new Problem('not-cached');
    }
    try {
      const refreshed = await this.refresher.refresh(request, generation, {
        isRevalidation: why === 'request',
        isPatient: !stale || this.#usability(request, stale) === 'expired',
      });
      this.#count(request, refreshed.isCollapsed ? 'collapsed' : why, reason);
      return this.#response(refreshed.entry, () => cacheStatus.forwarded(why, refreshed));
    } catch (error) {
      if (!stale || !request.mayServeStale(error) || !this.#isStillUsable(request, generation, stale)) {
        this.#count(request, 'failed', reason);
        throw error;
      }
      this.#count(request, 'stale-if-error', reason);
      return this.#response(stale, cacheStatus.staleIfError);
    }
  }

  #count(request: CacheRead, result: ReadResult, reason: string): void {
    this.metrics.count(result);
    this.log('cache.read', request, { result, reason });
  }

  /** Why there is no entry to use. */
  #absence({ tenant, tags }: CacheRead, { isTrusted }: Generation): string {
    if (!isTrusted) return 'redis-away';
    return this.inFlightWrites.affect(tenant, tags) ? 'write-in-flight' : 'no-entry';
  }

  /** During the call to Hubster a write may have completed, or the entry may have expired. */
  #isStillUsable(request: CacheRead, { id }: Generation, entry: Entry): boolean {
    return (
      this.generations.isCurrent(request.tenant, request.tags, id) && this.#usability(request, entry) !== 'expired'
    );
  }

  /** `statusOf`: `Cache-Status` of an entry that is fresh for another `ttl` seconds. */
  #response(entry: Entry, statusOf: (ttl: number) => string): CacheResult {
    const age = this.#age(entry);
    const ttl = Math.floor((entry.freshMs - age) / 1000);
    return { response: entry.response, ageSeconds: Math.floor(age / 1000), cacheStatus: statusOf(ttl) };
  }

  #usability({ directives }: Pick<CacheRead, 'directives'>, entry: Entry): Usability {
    return usabilityOf(entry, directives, this.clock.monotonic());
  }

  #age(entry: Entry): number {
    return ageOf(entry, this.clock.monotonic());
  }
}
