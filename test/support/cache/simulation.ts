import type fc from 'fast-check';
import { NO_DIRECTIVES } from '../../../src/cache/cache-read';
import { CacheMetrics, isHit } from '../../../src/cache/cache-status';
import type { Entry } from '../../../src/cache/entry';
import {
  type ChangeLog,
  GenerationRegistry,
  type KnownChanges,
  numberOf,
  type RegistryListener,
} from '../../../src/cache/generations/generation-registry';
import { InFlightWrites } from '../../../src/cache/generations/generations';
import { SharedGenerations } from '../../../src/cache/generations/shared-generations';
import { type Affected, EVERYTHING, type TagChange } from '../../../src/cache/generations/tenant-changes';
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

/** What is read: two integrations, and a list of both. Each has its own tag; a write affects one integration and the list. */
export const RESOURCES = ['one', 'two', 'list'] as const;
export type Resource = (typeof RESOURCES)[number];
export type Versions = Record<Resource, number>;

/** So that logs are trimmed in most runs. */
const MAX_CHANGES = 4;

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

interface RedisData {
  epoch: string | undefined;
  epochOfTenant: string;
  /** Of the only tenant, oldest first. */
  log: readonly TagChange[];
  /** As in Redis, an entry replaces that of an earlier generation. */
  readonly values: Map<string, { readonly generation: string; readonly entry: Entry }>;
}

const copyOf = ({ values, ...data }: RedisData): RedisData => ({ ...data, values: new Map(values) });
const empty = (): RedisData => ({ epoch: undefined, epochOfTenant: '', log: [], values: new Map() });

/** Hubster, Redis and the network between the replicas; the scheduler decides when each step of a command runs. */
export class SimulatedFleet {
  readonly versions: Versions = { one: 0, two: 0, list: 0 };
  readonly clock: SimulatedClock;
  redis = empty();
  /** The data of the lagging Redis replica. */
  #lagging = empty();
  #made = 0;
  /** Counts the servers that were the primary. */
  server = 0;
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
    this.#lagging = copyOf(this.redis);
  }

  /** The lagging Redis replica becomes the primary under the same address; no connection notices. */
  failOver(): void {
    this.redis = copyOf(this.#lagging);
    this.server += 1;
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

  async load(resource: Resource): Promise<{ status: 200; body: Buffer; headers: Record<string, string> }> {
    await this.step('to Hubster');
    const body = Buffer.from(`${this.versions[resource]}`);
    await this.step('from Hubster');
    return { status: 200, body, headers: {} };
  }
}

/** One process: the real cache over a simulated Redis. */
export class Replica {
  isConnected = true;
  /** Counts the connections for commands. */
  connection = 0;
  #server = 0;
  /** The newest versions whose writes this replica has completed. */
  readonly completed: Versions = { one: 0, two: 0, list: 0 };
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
  async read(
    resource: Resource,
    revalidate: boolean,
  ): Promise<{ version: number; atLeast: number; isWronglyCached: boolean }> {
    const { fleet } = this;
    const atLeast = this.completed[resource];
    const unknown = [...this.#unknown];
    const found = { key: resource, tags: [resource] };
    const peeked = revalidate ? undefined : this.cache.peek({ id: 'acme', visibility: 'all' }, found, NO_DIRECTIVES);
    const { response, cacheStatus } =
      peeked ??
      (await this.cache.read({
        ...found,
        tenant: 'acme',
        visibility: 'all',
        kind: 'one',
        directives: { ...NO_DIRECTIVES, noCache: revalidate },
        deadline: Deadline.after(fleet.clock, 1),
        load: () => fleet.load(resource),
        mayServeStale: () => true,
        isOverload: () => false,
      }));
    const isWronglyCached = isHit(cacheStatus) && unknown.some((write) => this.#unknown.has(write));
    return { version: Number(response.body.toString()), atLeast, isWronglyCached };
  }

  /** An ambiguous write ends with an unknown outcome before Hubster executes it, and is reconciled later. */
  async write(resource: 'one' | 'two', isAmbiguous: boolean): Promise<void> {
    const { fleet, completed } = this;
    const write = this.cache.beginWrite('acme', [resource, 'list']);
    if (isAmbiguous) {
      await write.invalidate();
      this.#unknown.add(write);
      for (let probe = 0; probe < PROBES; probe += 1) await fleet.step('probe');
    }
    await fleet.step('write to Hubster');
    fleet.versions[resource] += 1;
    fleet.versions.list += 1;
    const written = { ...fleet.versions };
    await fleet.step('write from Hubster');
    this.#unknown.delete(write);
    await write.complete();
    for (const changed of [resource, 'list'] as const)
      completed[changed] = Math.max(completed[changed], written[changed]);
  }

  /** Loses the connections for commands and for messages, or gets them back. */
  toggle(): void {
    const { listener } = this.registry;
    this.isConnected = !this.isConnected;
    if (!this.isConnected) {
      listener?.onInterrupted();
      return;
    }
    this.#server = this.fleet.server;
    listener?.onReconnected(true);
    listener?.onListening();
  }

  /** The connection for commands is replaced at once, as after an idle time-out; messages arrive all the time. */
  reconnect(): void {
    if (!this.isConnected) return;
    this.connection += 1;
    this.registry.listener?.onInterrupted();
    const isSameServer = this.#server === this.fleet.server;
    this.#server = this.fleet.server;
    this.registry.listener?.onReconnected(!isSameServer);
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

  override async epoch(): Promise<string> {
    await this.#step('GET epoch');
    const id = this.fleet.redis.epoch ?? this.fleet.newId();
    this.fleet.redis.epoch = id;
    await this.#step('epoch');
    return id;
  }

  override async replaceEpoch(greatest: string | undefined, unlessNewerThan?: string): Promise<string> {
    return this.#write('replace epoch', () => {
      const { epoch } = this.fleet.redis;
      if (epoch && unlessNewerThan && numberOf(epoch) > numberOf(unlessNewerThan)) return epoch;
      const id = this.fleet.newId(this.fleet.redis.epoch, greatest);
      this.fleet.redis.epoch = id;
      this.#publish((listener) => listener.onEpoch(id));
      return id;
    });
  }

  override async changesOf(_tenant: string, after: TagChange | undefined, known: string): Promise<ChangeLog> {
    await this.#step('GET changes');
    const { epochOfTenant } = this.fleet.redis;
    const epoch = epochOfTenant > known ? epochOfTenant : known;
    this.fleet.redis.epochOfTenant = epoch;
    const [first = { id: this.fleet.newId(), affected: EVERYTHING }, ...others] = this.fleet.redis.log;
    const log = [first, ...others];
    this.fleet.redis.log = log;
    await this.#step('changes');
    const index = log.findIndex(({ id }) => id === after?.id);
    return {
      epoch,
      oldest: first.id,
      newest: log.at(-1) ?? first,
      changes: log.slice(index + 1),
      hasAfter: index >= 0,
    };
  }

  override async record(
    _tenant: string,
    affected: Affected,
    { head, greatest = '' }: KnownChanges,
  ): Promise<TagChange> {
    return this.#write('record', () => {
      const { log } = this.fleet.redis;
      const newest = log.at(-1)?.id ?? '';
      const isLost = newest === '' || newest < greatest || (head && !log.some(({ id }) => id === head.id));
      const change = { id: this.fleet.newId(newest, greatest), affected: isLost ? EVERYTHING : affected };
      const kept = change.affected === EVERYTHING ? [] : log.slice(1 - MAX_CHANGES);
      this.fleet.redis.log = [...kept, change];
      this.#publish((listener) => listener.onChange('acme', change));
      return change;
    });
  }

  async #write<T>(label: string, execute: () => T): Promise<T> {
    const executed = this.#step(label).then(execute);
    // Redis may execute a command after it has timed out.
    if (this.fleet.loses()) {
      executed.catch(() => undefined);
      throw new Error('timed out');
    }
    const result = await executed;
    await this.#step(`${label}: reply`);
    return result;
  }

  #publish(notify: (listener: RegistryListener) => void): void {
    for (const other of this.fleet.replicas) if (other !== this.replica) void other.registry.receive(notify);
  }

  async receive(notify: (listener: RegistryListener) => void): Promise<void> {
    if (this.fleet.loses()) return;
    await this.fleet.step('message');
    if (this.replica.isConnected && this.listener) notify(this.listener);
  }

  async #step(label: string): Promise<void> {
    if (!this.replica.isConnected) throw new Error('unavailable');
    const { connection } = this.replica;
    await this.fleet.step(label);
    if (!this.replica.isConnected || this.replica.connection !== connection) throw new Error('unavailable');
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
    const value = this.fleet.redis.values.get(cacheKey.key);
    await this.fleet.step('got');
    return value?.generation === cacheKey.generation ? value.entry : undefined;
  }

  /** A SET that was sent arrives, even after the connection is lost. */
  override async set(cacheKey: CacheKey, entry: Entry): Promise<void> {
    if (!this.replica.isConnected) return;
    await this.fleet.step('SET');
    this.fleet.redis.values.set(cacheKey.key, { generation: cacheKey.generation, entry });
  }

  override async delete(cacheKey: CacheKey): Promise<void> {
    if (!this.replica.isConnected) return;
    await this.fleet.step('DEL');
    this.fleet.redis.values.delete(cacheKey.key);
  }
}
