import type fc from 'fast-check';
import { NO_DIRECTIVES } from '../../../src/cache/cache-read';
import { CacheMetrics, isHit } from '../../../src/cache/cache-status';
import type { Entry } from '../../../src/cache/entry';
import {
  GenerationRegistry,
  numberOf,
  type RegistryListener,
} from '../../../src/cache/generations/generation-registry';
import { InFlightWrites } from '../../../src/cache/generations/generations';
import { SharedGenerations } from '../../../src/cache/generations/shared-generations';
import { Refresher } from '../../../src/cache/refresh/refresher';
import { type InFlightWrite, ResponseCache } from '../../../src/cache/response-cache';
import { type CacheKey, CacheStore } from '../../../src/cache/stores/cache-store';
import { MemoryCacheStore } from '../../../src/cache/stores/memory-cache-store';
import { TieredStore } from '../../../src/cache/stores/tiered-store';
import { Clock } from '../../../src/clock/clock';
import { Deadline } from '../../../src/context/request-context';
import { Metrics } from '../../../src/observability/metrics';
import { Secret } from '../../../src/secrets/secret';
import { SecretKeys } from '../../../src/secrets/secret-keys';
import { OPTIONS } from './origin';

const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
const metrics = new CacheMetrics(new Metrics());

/** For how many steps the outcome of an ambiguous write stays unknown. */
const PROBES = 12;

/** What fast-check chooses in each run. */
export interface Choices {
  readonly scheduler: fc.Scheduler;
  /** Whether the next command loses its reply, or the next message is lost. */
  readonly loses: () => boolean;
}

/** Time passes by `elapse` only. Timers never fire; the scheduler decides when a sleep ends. */
export class SimulatedClock extends Clock {
  #now = 1_000_000;

  constructor(private readonly step: () => Promise<void>) {
    super();
  }

  elapse(ms: number): void {
    this.#now += ms;
  }

  override now(): number {
    return this.#now;
  }

  override monotonic(): number {
    return this.#now;
  }

  override after(): () => void {
    return () => undefined;
  }

  override sleep(): Promise<void> {
    return this.step();
  }
}

/** Hubster, Redis and the network between the replicas; the scheduler decides when each step of a command runs. */
export class SimulatedFleet {
  version = 0;
  readonly clock: SimulatedClock;
  ids = new Map<string, string>();
  values = new Map<string, Entry>();
  /** The data of the lagging Redis replica. */
  #lagging = { ids: new Map<string, string>(), values: new Map<string, Entry>() };
  #made = 0;
  readonly replicas: Replica[] = [];

  constructor(private readonly choices: Choices) {
    this.clock = new SimulatedClock(() => this.step('sleep'));
  }

  async step(label: string): Promise<void> {
    await this.choices.scheduler.schedule(Promise.resolve(), label);
  }

  loses(): boolean {
    return this.choices.loses();
  }

  /** The lagging Redis replica catches up. */
  replicate(): void {
    this.#lagging = { ids: new Map(this.ids), values: new Map(this.values) };
  }

  /** The lagging Redis replica becomes the primary under the same address; no connection notices. */
  failOver(): void {
    this.ids = new Map(this.#lagging.ids);
    this.values = new Map(this.#lagging.values);
  }

  /** An id as Redis creates it, but without a clock, so that only the seen ids make it greater. */
  newId(...seen: readonly (string | undefined)[]): string {
    const number = Math.max(0, ...seen.map((id) => Number(numberOf(id)))) + 1;
    this.#made += 1;
    return `${number}`.padStart(16, '0') + `${this.#made}`.padStart(6, '0');
  }

  addReplica(): Replica {
    const replica = new Replica(this);
    this.replicas.push(replica);
    return replica;
  }

  async load(): Promise<{ status: 200; body: Buffer; headers: Record<string, string> }> {
    await this.step('to Hubster');
    const body = Buffer.from(`${this.version}`);
    await this.step('from Hubster');
    return { status: 200, body, headers: {} };
  }
}

/** One process: the real cache over a simulated Redis. */
export class Replica {
  isConnected = true;
  /** The newest version whose write this replica has completed. */
  completed = 0;
  /** Writes whose outcome is unknown and not reconciled yet. */
  readonly #unknown = new Set<InFlightWrite>();
  readonly cache: ResponseCache;
  readonly registry: SimulatedRegistry;

  constructor(private readonly fleet: SimulatedFleet) {
    const { clock } = fleet;
    const inFlightWrites = new InFlightWrites();
    this.registry = new SimulatedRegistry(fleet, this);
    const generations = new SharedGenerations(this.registry, clock);
    const store = new TieredStore(new MemoryCacheStore(OPTIONS.memoryBytes), new SimulatedStore(fleet, this), clock);
    const refresher = new Refresher(OPTIONS, store, generations, inFlightWrites, keys, clock);
    this.cache = new ResponseCache(store, refresher, generations, inFlightWrites, metrics, clock);
  }

  /**
   * `atLeast`: the version that the response must not be older than. `isWronglyCached`: the response is a hit although the outcome of a
   * write of this replica was unknown the whole time.
   */
  async read(revalidate: boolean): Promise<{ version: number; atLeast: number; isWronglyCached: boolean }> {
    const { completed: atLeast, fleet } = this;
    const unknown = [...this.#unknown];
    const peeked = revalidate ? undefined : this.cache.peek({ id: 'acme', visibility: 'all' }, 'one', NO_DIRECTIVES);
    const { response, cacheStatus } =
      peeked ??
      (await this.cache.read({
        tenant: 'acme',
        visibility: 'all',
        key: 'one',
        kind: 'one',
        directives: { ...NO_DIRECTIVES, noCache: revalidate },
        deadline: Deadline.after(fleet.clock, 1),
        load: () => fleet.load(),
        mayServeStale: () => true,
      }));
    const isWronglyCached = isHit(cacheStatus) && unknown.some((write) => this.#unknown.has(write));
    return { version: Number(response.body.toString()), atLeast, isWronglyCached };
  }

  /** An ambiguous write ends with an unknown outcome before Hubster executes it, and is reconciled later. */
  async write(isAmbiguous: boolean): Promise<void> {
    const { fleet } = this;
    const write = this.cache.beginWrite('acme');
    if (isAmbiguous) {
      await write.invalidate();
      this.#unknown.add(write);
      for (let probe = 0; probe < PROBES; probe += 1) await fleet.step('probe');
    }
    await fleet.step('write to Hubster');
    fleet.version += 1;
    const { version } = fleet;
    await fleet.step('write from Hubster');
    this.#unknown.delete(write);
    await write.complete();
    this.completed = Math.max(this.completed, version);
  }

  /** Loses the connection, or gets it back. */
  toggle(): void {
    this.isConnected = !this.isConnected;
    if (!this.isConnected) return;
    this.registry.listener?.onReconnected();
    this.registry.listener?.onListening();
  }
}

class SimulatedRegistry extends GenerationRegistry {
  listener: RegistryListener | undefined;

  constructor(
    private readonly fleet: SimulatedFleet,
    private readonly replica: Replica,
  ) {
    super();
  }

  override get isAvailable(): boolean {
    return this.replica.isConnected;
  }

  override get isListening(): boolean {
    return this.replica.isConnected;
  }

  override listen(listener: RegistryListener): void {
    this.listener = listener;
  }

  override async idsOf(scopes: readonly string[]): Promise<readonly string[]> {
    await this.#step('request ids');
    const ids = scopes.map((scope) => {
      const id = this.fleet.ids.get(scope) ?? this.fleet.newId();
      this.fleet.ids.set(scope, id);
      return id;
    });
    await this.#step('ids');
    return ids;
  }

  override async replace(scope: string, floor: string | undefined): Promise<string> {
    const replaced = this.#step('replace').then(() => {
      const id = this.fleet.newId(this.fleet.ids.get(scope), floor);
      this.fleet.ids.set(scope, id);
      for (const other of this.fleet.replicas) if (other !== this.replica) void other.registry.receive(scope, id);
      return id;
    });
    // Redis may execute a command after it has timed out.
    if (this.fleet.loses()) {
      replaced.catch(() => undefined);
      throw new Error('timed out');
    }
    const id = await replaced;
    await this.#step('replaced');
    return id;
  }

  async receive(scope: string, id: string): Promise<void> {
    if (this.fleet.loses()) return;
    await this.fleet.step('message');
    if (this.replica.isConnected) this.listener?.onReplaced(scope, id);
  }

  async #step(label: string): Promise<void> {
    if (!this.replica.isConnected) throw new Error('unavailable');
    await this.fleet.step(label);
    if (!this.replica.isConnected) throw new Error('unavailable');
  }
}

class SimulatedStore extends CacheStore {
  constructor(
    private readonly fleet: SimulatedFleet,
    private readonly replica: Replica,
  ) {
    super();
  }

  override async get(cacheKey: CacheKey): Promise<Entry | undefined> {
    if (!this.replica.isConnected || this.fleet.loses()) return undefined;
    await this.fleet.step('GET');
    const value = this.fleet.values.get(JSON.stringify(cacheKey));
    await this.fleet.step('got');
    return value;
  }

  /** A SET that was sent arrives, even after the connection is lost. */
  override async set(cacheKey: CacheKey, entry: Entry): Promise<void> {
    if (!this.replica.isConnected) return;
    await this.fleet.step('SET');
    this.fleet.values.set(JSON.stringify(cacheKey), entry);
  }

  override async delete(cacheKey: CacheKey): Promise<void> {
    if (!this.replica.isConnected) return;
    await this.fleet.step('DEL');
    this.fleet.values.delete(JSON.stringify(cacheKey));
  }
}
