import type fc from 'fast-check';
import { CacheCounters } from '../../../src/cache/cache-metrics';
import { isHit } from '../../../src/cache/cache-status';
import type { Entry } from '../../../src/cache/entries/entry';
import { numberOf } from '../../../src/cache/generations/generation-id';
import { GenerationRegistry, type RegistryListener } from '../../../src/cache/generations/generation-registry';
import { OpenWrites } from '../../../src/cache/generations/in-flight-writes';
import { SharedGenerations } from '../../../src/cache/generations/shared-generations';
import { Refresher } from '../../../src/cache/refresh/refresher';
import { NO_DIRECTIVES } from '../../../src/cache/request-directives';
import { ResponseCache, type Write } from '../../../src/cache/response-cache';
import { CacheStore, type Place } from '../../../src/cache/stores/cache-store';
import { MemoryStore } from '../../../src/cache/stores/memory-cache-store';
import { TieredStore } from '../../../src/cache/stores/tiered-store';
import { Clock } from '../../../src/clock/clock';
import { Deadline } from '../../../src/context/deadline';
import { Metrics } from '../../../src/observability/metrics';
import { Secret } from '../../../src/secrets/secret';
import { SecretKeys } from '../../../src/secrets/secret-keys';
import { OPTIONS } from './question';

const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
const counters = new CacheCounters(new Metrics());

/** How long an outcome stays unknown, in steps. */
const LOOKS = 12;

/** What fast-check decides anew in every run. */
export interface Choices {
  readonly scheduler: fc.Scheduler;
  /** Whether the next command loses its reply, or the next message is lost. */
  readonly loses: () => boolean;
}

/** Time stands still but for `elapse`; limits never come true, sleeps take their turn like every step. */
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

/** Hubster, Redis and the network between the replicas; every step of every command waits for the scheduler. */
export class World {
  version = 0;
  readonly clock: SimulatedClock;
  ids = new Map<string, string>();
  values = new Map<string, Entry>();
  /** What a replica of Redis that lags has. */
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

  /** The lagging replica of Redis catches up. */
  replicate(): void {
    this.#lagging = { ids: new Map(this.ids), values: new Map(this.values) };
  }

  /** It takes over, behind the same address: nobody notices. */
  failOver(): void {
    this.ids = new Map(this.#lagging.ids);
    this.values = new Map(this.#lagging.values);
  }

  /** As Redis makes them, but that no clock helps. */
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

/** One process: a cache of real parts over a simulated Redis. */
export class Replica {
  isConnected = true;
  /** The newest version whose write this replica has answered. */
  answered = 0;
  /** Writes that were told as unknown and are not settled. */
  readonly #unknown = new Set<Write>();
  readonly cache: ResponseCache;
  readonly registry: SimulatedRegistry;

  constructor(private readonly world: World) {
    const { clock } = world;
    const openWrites = new OpenWrites();
    this.registry = new SimulatedRegistry(world, this);
    const generations = new SharedGenerations(this.registry, clock);
    const store = new TieredStore(new MemoryStore(OPTIONS.memoryBytes), new SimulatedStore(world, this), clock);
    const parts = { clock, generations, openWrites, store };
    const refresher = new Refresher({ ...parts, keys, options: OPTIONS, turns: undefined });
    this.cache = new ResponseCache({ ...parts, refresher, counters });
  }

  /** Reads; the version answered, the newest that it must not be older than, whether Hubster should have been asked and was not. */
  async read(revalidate: boolean): Promise<{ version: number; atLeast: number; isUnasked: boolean }> {
    const { answered: atLeast, world } = this;
    const unknown = [...this.#unknown];
    const kept = revalidate ? undefined : this.cache.peek({ id: 'acme', visibility: 'all' }, 'one', NO_DIRECTIVES);
    const { answer, cacheStatus } =
      kept ??
      (await this.cache.read({
        tenant: 'acme',
        visibility: 'all',
        key: 'one',
        kind: 'one',
        directives: { ...NO_DIRECTIVES, noCache: revalidate },
        deadline: Deadline.after(world.clock, 1),
        load: () => world.load(),
        mayServeStale: () => true,
      }));
    const isUnasked = isHit(cacheStatus) && unknown.some((write) => this.#unknown.has(write));
    return { version: Number(answer.body.toString()), atLeast, isUnasked };
  }

  /** Writes; an ambiguous one is told as unknown before Hubster carries it out, and settled later. */
  async write(isAmbiguous: boolean): Promise<void> {
    const { world } = this;
    const write = this.cache.beginWrite('acme');
    if (isAmbiguous) {
      await write.renew();
      this.#unknown.add(write);
      for (let look = 0; look < LOOKS; look += 1) await world.step('look');
    }
    await world.step('write to Hubster');
    world.version += 1;
    const { version } = world;
    await world.step('write from Hubster');
    this.#unknown.delete(write);
    await write.end();
    this.answered = Math.max(this.answered, version);
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
    private readonly world: World,
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
    await this.#step('ask for ids');
    const ids = scopes.map((scope) => {
      const id = this.world.ids.get(scope) ?? this.world.newId();
      this.world.ids.set(scope, id);
      return id;
    });
    await this.#step('answer ids');
    return ids;
  }

  override async drop(scope: string, floor: string | undefined): Promise<string> {
    const carriedOut = this.#step('drop').then(() => {
      const id = this.world.newId(this.world.ids.get(scope), floor);
      this.world.ids.set(scope, id);
      for (const other of this.world.replicas) if (other !== this.replica) void other.registry.hear(scope, id);
      return id;
    });
    // A command may time out and be carried out all the same, later.
    if (this.world.loses()) {
      carriedOut.catch(() => undefined);
      throw new Error('timed out');
    }
    const id = await carriedOut;
    await this.#step('dropped');
    return id;
  }

  async hear(scope: string, id: string): Promise<void> {
    if (this.world.loses()) return;
    await this.world.step('message');
    if (this.replica.isConnected) this.listener?.onDropped(scope, id);
  }

  async #step(label: string): Promise<void> {
    if (!this.replica.isConnected) throw new Error('away');
    await this.world.step(label);
    if (!this.replica.isConnected) throw new Error('away');
  }
}

class SimulatedStore extends CacheStore {
  constructor(
    private readonly world: World,
    private readonly replica: Replica,
  ) {
    super();
  }

  override async get(place: Place): Promise<Entry | undefined> {
    if (!this.replica.isConnected || this.world.loses()) return undefined;
    await this.world.step('GET');
    const value = this.world.values.get(JSON.stringify(place));
    await this.world.step('got');
    return value;
  }

  /** A SET that was sent arrives, however late. */
  override async set(place: Place, entry: Entry): Promise<void> {
    if (!this.replica.isConnected) return;
    await this.world.step('SET');
    this.world.values.set(JSON.stringify(place), entry);
  }

  override async delete(place: Place): Promise<void> {
    if (!this.replica.isConnected) return;
    await this.world.step('DEL');
    this.world.values.delete(JSON.stringify(place));
  }
}
