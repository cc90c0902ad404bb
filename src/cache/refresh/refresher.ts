import type { Clock } from '../../clock/clock';
import type { Config } from '../../config/config';
import type { SecretKeys } from '../../secrets/secret-keys';
import { type CacheRead, NO_DIRECTIVES, usabilityOf } from '../cache-read';
import type { CacheLog } from '../cache-status';
import { type Entry, etagOf, type LoadedResponse, lifetimeOf, ResponseBody } from '../entry';
import type { Generation, Generations, InFlightWrites } from '../generations/generations';
import { type CacheKey, cacheKeyOf } from '../stores/cache-store';
import type { TieredStore } from '../stores/tiered-store';
import { LoadQueue } from './load-queue';
import type { RefreshLock } from './refresh-lock';
import { SingleFlight } from './single-flight';

interface Refreshed {
  readonly entry: Entry;
  /** Whether it is in the cache now. */
  readonly isStored: boolean;
  /** Whether another request, here or in another replica, made the call. */
  readonly isCollapsed: boolean;
}

interface RefreshOptions {
  /** Neither an entry nor a load that began earlier satisfies the request. */
  readonly isRevalidation?: boolean;
  /** Waits while Hubster has no slot for the load, as there is nothing to serve in place of it. */
  readonly isPatient?: boolean;
}

/** Loads responses from Hubster: one call for all requests of a key, stored only if no write began since the call began. */
export class Refresher {
  readonly #flights: SingleFlight<Refreshed>;
  readonly #queue: LoadQueue;

  constructor(
    private readonly lifetimes: Config['cache'],
    private readonly store: TieredStore,
    private readonly generations: Generations,
    private readonly inFlightWrites: InFlightWrites,
    private readonly keys: SecretKeys,
    private readonly clock: Clock,
    /** With Redis only. */
    private readonly refreshLock?: RefreshLock,
    private readonly log: CacheLog = () => undefined,
  ) {
    this.#flights = new SingleFlight(clock);
    this.#queue = new LoadQueue(clock);
  }

  async refresh(
    request: CacheRead,
    generation: Generation,
    { isRevalidation = false, isPatient = false }: RefreshOptions,
  ): Promise<Refreshed> {
    // Other replicas wait for a stored entry only, so a load that is not stored takes no lock.
    const isShared = !isRevalidation && !request.directives.noStore;
    const cacheKey = cacheKeyOf(request, generation);
    const { value, isCollapsed } = await this.#flights.run(flightKey(cacheKey), {
      deadline: request.deadline,
      signal: request.signal,
      isRevalidation,
      start: (isLatest, abandoned) => {
        const load = async () => {
          const shared = isShared ? await this.#entryOfOtherReplica(request, cacheKey, generation) : undefined;
          if (shared) return shared;
          return this.#load(request, cacheKey, isLatest, abandoned, () => {
            if (isShared) void this.refreshLock?.release(cacheKey);
          });
        };
        return isPatient ? this.#queue.run({ ...queuedAs(request), abandoned, load }) : load();
      },
    });
    return isCollapsed ? { ...value, isCollapsed } : value;
  }

  /** Like `refresh`, but independent of the caller, once at a time, and without an error: a later read reports it. */
  refreshInBackground({ signal: _signal, ...request }: CacheRead, generation: Generation): void {
    const key = flightKey(cacheKeyOf(request, generation));
    if (this.#flights.isRunning(key)) return;
    this.refresh({ ...request, directives: NO_DIRECTIVES }, generation, {}).catch(() => undefined);
  }

  async #entryOfOtherReplica(
    request: CacheRead,
    cacheKey: CacheKey,
    { isTrusted }: Generation,
  ): Promise<Refreshed | undefined> {
    if (!isTrusted || this.inFlightWrites.affect(request.tenant, request.tags)) return undefined;
    const entry = await this.refreshLock?.acquireOrAwaitEntry(cacheKey);
    if (!entry || usabilityOf(entry, request.directives, this.clock.monotonic()) !== 'fresh') return undefined;
    if (this.#mayStore(request, cacheKey)) this.store.setInMemory(cacheKey, entry);
    return { entry, isStored: true, isCollapsed: true };
  }

  async #load(
    request: CacheRead,
    cacheKey: CacheKey,
    isLatest: () => boolean,
    abandoned: AbortSignal,
    releaseLock: () => void,
  ): Promise<Refreshed> {
    const loadedAt = this.clock.monotonic();
    let stored = Promise.resolve();
    try {
      const entry = this.#entryOf(request, loadedAt, await request.load(abandoned));
      const reason = this.#reasonNotToStore(request, cacheKey, isLatest);
      if (reason === undefined) stored = this.store.set(cacheKey, entry);
      else this.log('cache.not-stored', request, { reason });
      return { entry, isStored: reason === undefined, isCollapsed: false };
    } catch (error) {
      // A 403 or 410 also concerns the entry, which must not be served on the next failure.
      if (!request.mayServeStale(error)) this.store.delete(cacheKey);
      throw error;
    } finally {
      // Not before, as the replicas that wait for the lock look for the entry then.
      void stored.then(releaseLock);
    }
  }

  #reasonNotToStore(request: CacheRead, cacheKey: CacheKey, isLatest: () => boolean): string | undefined {
    if (request.directives.noStore) return 'no-store';
    if (!isLatest()) return 'newer-load';
    return this.#mayStore(request, cacheKey) ? undefined : 'write-since';
  }

  /** No write has begun since the load: it would have renewed the generation, or be in flight. */
  #mayStore({ tenant, tags }: CacheRead, { generation }: CacheKey): boolean {
    return !this.inFlightWrites.affect(tenant, tags) && this.generations.isCurrent(tenant, tags, generation);
  }

  #entryOf({ tenant, kind }: CacheRead, loadedAt: number, { status, body, headers }: LoadedResponse): Entry {
    const response = { status, body: new ResponseBody(body), etag: etagOf(this.keys, tenant, body), headers };
    return { response, loadedAt, ...lifetimeOf(this.lifetimes, kind, status) };
  }
}

const queuedAs = ({ tenant, deadline, isOverload }: CacheRead) => ({ tenant, deadline, isOverload });
const flightKey = ({ tenant, visibility, generation, key }: CacheKey) => `${tenant} ${visibility} ${generation} ${key}`;
