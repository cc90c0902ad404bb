import type { Cancellation } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';
import type { SecretKeys } from '../../secrets/secret-keys';
import type { CacheOptions } from '../cache-options';
import type { CacheRead } from '../cache-read';
import type { LoadedResponse } from '../entries/cached-response';
import { type Entry, lifetimeOf } from '../entries/entry';
import { etagOf } from '../entries/etag';
import { ResponseBody } from '../entries/response-body';
import type { Generation, Generations } from '../generations/generations';
import type { InFlightWrites } from '../generations/in-flight-writes';
import { NO_DIRECTIVES, usabilityOf } from '../request-directives';
import { type CacheKey, cacheKeyOf } from '../stores/cache-store';
import type { TieredStore } from '../stores/tiered-store';
import type { RefreshLock } from './refresh-lock';
import { SingleFlight } from './single-flight';

export interface Refreshed {
  readonly entry: Entry;
  /** Whether it lies in the cache now. */
  readonly isStored: boolean;
  /** Whether another request, here or in another replica, made the call. */
  readonly isCollapsed: boolean;
}

interface RefresherDependencies {
  readonly clock: Clock;
  readonly keys: SecretKeys;
  readonly options: CacheOptions;
  readonly generations: Generations;
  readonly inFlightWrites: InFlightWrites;
  readonly store: TieredStore;
  /** With Redis only. */
  readonly refreshLock: RefreshLock | undefined;
}

/** Brings a new answer: one call to Hubster for all who want it, stored only if nothing was written since it began. */
export class Refresher {
  readonly #flights: SingleFlight<Refreshed>;

  constructor(private readonly parts: RefresherDependencies) {
    this.#flights = new SingleFlight(parts.clock);
  }

  /** `isRevalidation`: nothing that is kept, or began to be loaded before, will do. */
  async refresh(request: CacheRead, generation: Generation, isRevalidation: boolean): Promise<Refreshed> {
    // What is not stored here is nothing for others to wait for.
    const isShared = !isRevalidation && !request.directives.noStore;
    const cacheKey = cacheKeyOf(request, generation);
    const { value, isCollapsed } = await this.#flights.run(flightKey(cacheKey), {
      deadline: request.deadline,
      signal: request.signal,
      isRevalidation,
      start: async (isLatest, abandoned) => {
        const shared = isShared ? await this.#fromAnotherReplica(request, cacheKey, generation) : undefined;
        if (shared) return shared;
        try {
          return await this.#load(request, cacheKey, isLatest, abandoned);
        } finally {
          if (isShared) void this.parts.refreshLock?.end(cacheKey);
        }
      },
    });
    return isCollapsed ? { ...value, isCollapsed } : value;
  }

  /** As `refresh`, whether the caller stays or not: at most one at a time, its failure shows when the answer is needed. */
  refreshInBackground({ signal: _gone, ...request }: CacheRead, generation: Generation): void {
    const key = flightKey(cacheKeyOf(request, generation));
    if (this.#flights.isRunning(key)) return;
    this.refresh({ ...request, directives: NO_DIRECTIVES }, generation, false).catch(() => undefined);
  }

  async #fromAnotherReplica(
    { directives }: CacheRead,
    cacheKey: CacheKey,
    { isTrusted }: Generation,
  ): Promise<Refreshed | undefined> {
    if (!isTrusted || this.parts.inFlightWrites.has(cacheKey.tenant)) return undefined;
    const entry = await this.parts.refreshLock?.entryOfAnother(cacheKey);
    if (!entry || usabilityOf(entry, directives, this.parts.clock.monotonic()) !== 'fresh') return undefined;
    if (this.#mayStore(cacheKey)) this.parts.store.remember(cacheKey, entry);
    return { entry, isStored: true, isCollapsed: true };
  }

  async #load(
    request: CacheRead,
    cacheKey: CacheKey,
    isLatest: () => boolean,
    abandoned: Cancellation,
  ): Promise<Refreshed> {
    const { clock, store } = this.parts;
    const loadedAt = clock.monotonic();
    try {
      const entry = this.#entryOf(request, loadedAt, await request.load(abandoned));
      const isStored = !request.directives.noStore && isLatest() && this.#mayStore(cacheKey);
      if (isStored) store.set(cacheKey, entry);
      return { entry, isStored, isCollapsed: false };
    } catch (error) {
      // Forbidden, gone and the like are news about what is kept: it must not come back with the next failure.
      if (!request.mayServeStale(error)) store.delete(cacheKey);
      throw error;
    }
  }

  /** The fence: a write since the load began has renewed the generation, or is about to. */
  #mayStore({ tenant, generation }: CacheKey): boolean {
    return !this.parts.inFlightWrites.has(tenant) && this.parts.generations.isCurrent(tenant, generation);
  }

  #entryOf({ tenant, kind }: CacheRead, loadedAt: number, loaded: LoadedResponse): Entry {
    const { keys, options } = this.parts;
    const { status, body, headers } = loaded;
    const { freshMs, staleMs, errorStaleMs } = lifetimeOf(options, kind, status);
    const response = { status, body: new ResponseBody(body), etag: etagOf(keys, tenant, body), headers };
    return { response, loadedAt, freshMs, staleMs, errorStaleMs };
  }
}

const flightKey = ({ tenant, visibility, generation, key }: CacheKey) => `${tenant} ${visibility} ${generation} ${key}`;
