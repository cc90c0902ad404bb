import { Cluster, type Redis as Driver, type RedisCommander } from 'ioredis';
import type { Clock } from '../clock/clock';
import type { RedisSettings } from '../config/redis-settings';
import type { Logger } from '../observability/log/logger';
import type { Metrics } from '../observability/metrics';
import { RedisHealth } from './health/redis-health';
import { RedisIdentity } from './health/redis-identity';
import { failureOf, isRejection, type RedisFailure, type RedisReason } from './health/redis-reason';
import { isPrimaryThere, testUntilComplete } from './health/redis-self-test';
import { Interruptions } from './interruptions';
import { LongerLimit } from './longer-limit';
import { Redis, RedisUnavailable } from './redis';
import { connectOnce, createDriver, createSubscriber } from './redis-driver';
import { RedisSubscription, type SubscriptionListener } from './redis-subscription';
import { COORDINATION_LIMIT_MS, REPLY_LIMIT_MS, withinReplyLimit } from './reply-limit';
import { pingAll, Shards, watchServers } from './shards';

/** Less than the idle time-outs of servers and load balancers. */
const PING_EVERY_MS = 15_000;
/** Between two searches for a server that takes writes. */
const SEARCH_EVERY_MS = 1_000;

/**
 * The connection to Redis. A command succeeds within its limit or fails. After five commands in a row without a reply the breaker opens:
 * commands fail at once, and the connection is replaced, at most every half second, until a PING has a reply. A rejection is a reply.
 */
export class RedisConnection extends Redis {
  override readonly isConfigured = true;
  readonly #coordination = new LongerLimit(this, (work, key) => this.#run(work, key, COORDINATION_LIMIT_MS));
  readonly #driver: Driver | Cluster;
  readonly #shards: Shards;
  readonly #identity: RedisIdentity;
  readonly #health: RedisHealth;
  readonly #subscriptions: RedisSubscription[] = [];
  readonly #interruptions: Interruptions;
  readonly #results: Readonly<Record<'ok' | 'failed' | 'refused', { inc(): void }>>;
  readonly #closing = new AbortController();
  #available = false;
  /** Why the connection was lost, or cannot be made. */
  #reason: RedisReason = 'refused';
  #usedAt = Number.NEGATIVE_INFINITY;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #testing: Promise<void> | undefined;

  constructor(
    private readonly settings: RedisSettings,
    private readonly clock: Clock,
    metrics: Metrics,
    logger: Logger,
  ) {
    super();
    this.#driver = createDriver(settings);
    this.#interruptions = new Interruptions(clock);
    this.#shards = new Shards(this.#driver, clock);
    this.#identity = new RedisIdentity(this.#driver);
    this.#health = new RedisHealth(clock, metrics, logger);
    const { redisCommands } = metrics;
    this.#results = {
      ok: redisCommands.labels('ok'),
      failed: redisCommands.labels('failed'),
      refused: redisCommands.labels('refused'),
    };
    this.#driver.on('error', (error: unknown) => {
      const failure = failureOf(error);
      this.#reason = failure.reason;
      this.#health.count(failure);
    });
    this.#driver.on('ready', () => void this.#probe());
    this.#driver.on('close', () => this.#markUnavailable());
    if (this.#driver instanceof Cluster) {
      watchServers(this.#driver, {
        failed: (error) => this.#health.count(failureOf(error)),
        lost: () => this.#available && this.#interruptions.begin(true),
        refreshed: () => void this.#compareServers(),
      });
    }
  }

  /** Starts connecting; resolves after the first attempt, successful or not, so that the service also starts without Redis. */
  async open(): Promise<void> {
    await connectOnce(this.#driver).then(
      () => this.#probe(),
      () => this.#markUnavailable(),
    );
    void this.#keepAlive();
  }

  override get isAvailable(): boolean {
    return this.#available;
  }

  override get coordination(): Redis {
    return this.#coordination;
  }

  override channel(name: string): string {
    return this.settings.prefix + name;
  }

  override get reasons(): readonly RedisReason[] {
    return this.#health.reasons;
  }

  override get isEvicting(): boolean {
    return this.#health.isEvicting;
  }

  override run<T>(work: (commands: RedisCommander) => Promise<T>, key?: string): Promise<T> {
    return this.#run(work, key, REPLY_LIMIT_MS);
  }

  override onInterrupted(listener: () => void): void {
    this.#interruptions.onInterrupted(listener);
  }

  override onReconnected(listener: (isContinued: boolean) => void): void {
    this.#interruptions.onReconnected(listener);
  }

  override subscribe(channel: string, listener: SubscriptionListener): RedisSubscription {
    const connect = (attempt: number) => createSubscriber(this.settings, this.#driver, attempt);
    const subscription = new RedisSubscription(connect, this.clock, this.channel(channel), {
      onRefused: (failure) => this.#health.refused(failure),
      onMessage: (message) => listener.onMessage(message),
      onStateChange: (isListening) => listener.onStateChange(isListening),
    });
    this.#subscriptions.push(subscription);
    return subscription;
  }

  override async close(): Promise<void> {
    this.#closing.abort();
    this.#available = false;
    this.#driver.disconnect();
    await Promise.all([this.#testing, ...this.#subscriptions.map((subscription) => subscription.close())]);
  }

  async #run<T>(work: (commands: RedisCommander) => Promise<T>, key: string | undefined, limitMs: number): Promise<T> {
    const shard = this.#shards.of(key);
    if (!this.#available || !shard.mayTry()) {
      this.#results.refused.inc();
      throw new RedisUnavailable(this.#available ? 'timeout' : this.#reason, false);
    }
    try {
      const result = await withinReplyLimit(work(this.#driver), limitMs);
      shard.replied();
      this.#usedAt = this.clock.monotonic();
      this.#results.ok.inc();
      return result;
    } catch (error) {
      const failure = error instanceof RedisUnavailable ? error : failureOf(error);
      this.#results.failed.inc();
      this.#health.count(failure);
      if (isRejection(failure.reason)) {
        shard.replied();
        this.#refused(failure);
      } else if (shard.failed() && this.#available) {
        this.#interruptions.begin(false);
        if (!this.#shards.drop(key)) this.#reconnect(failure.reason);
      }
      throw new RedisUnavailable(failure.reason);
    }
  }

  #refused(failure: RedisFailure): void {
    this.#health.refused(failure);
    if (failure.reason === 'readonly' || failure.reason === 'auth') void this.#search();
  }

  /**
   * The name may lead to another server by now, as after a failover, or the credentials may be others: the connection is replaced only
   * when a second one has found a server that takes writes.
   */
  async #search(): Promise<void> {
    if (this.#driver instanceof Cluster || this.clock.monotonic() < this.#searchedAt + SEARCH_EVERY_MS) return;
    this.#searchedAt = this.clock.monotonic();
    if ((await isPrimaryThere(createDriver(this.settings))) && this.#available) this.#reconnect('readonly');
  }

  /** A server that accepts connections may still not reply. The driver's own limit counts: that of a command is too short for a first one. */
  async #probe(): Promise<void> {
    if (this.#available || this.#closing.signal.aborted) return;
    const [failure, isSameServer] = await Promise.all([
      this.#driver.ping().then(() => undefined, failureOf),
      this.#identity.isSame(),
    ]);
    if (failure) {
      this.#health.count(failure);
      this.#reconnect(failure.reason);
      return;
    }
    if (this.#available || this.#closing.signal.aborted || this.#driver.status !== 'ready') return;
    this.#shards.reset();
    this.#available = true;
    this.#usedAt = this.clock.monotonic();
    this.#health.available();
    this.#reason = 'refused';
    this.#interruptions.end(isSameServer === true);
    if (!isSameServer) this.#testing ??= this.#test();
  }

  #reconnect(reason: RedisReason): void {
    this.#reason = reason;
    this.#markUnavailable();
    if (!this.#closing.signal.aborted) this.#driver.disconnect(true);
  }

  #markUnavailable(): void {
    this.#available = false;
    if (this.#closing.signal.aborted) return;
    this.#health.away(this.#reason);
    this.#interruptions.begin(true);
  }

  async #compareServers(): Promise<void> {
    if (!this.#available || !this.#interruptions.isInterrupted) return;
    const isSameServer = await this.#identity.isSame();
    if (isSameServer !== undefined && this.#available) this.#interruptions.end(isSameServer);
  }

  /** Sends a PING when no command was sent for a while, so that nobody in between closes the connection, and a dead one is noticed. */
  async #keepAlive(): Promise<void> {
    const { signal } = this.#closing;
    const isOver = () =>
      this.clock.sleep(PING_EVERY_MS, signal).then(
        () => false,
        () => true,
      );
    while (!(await isOver())) {
      if (this.#driver instanceof Cluster) await pingAll(this.#driver);
      else if (this.#available && this.clock.monotonic() - this.#usedAt >= PING_EVERY_MS)
        await this.run((commands) => commands.ping()).catch(() => undefined);
    }
  }

  /** In the background. */
  async #test(): Promise<void> {
    const tested = { driver: this.#driver, settings: this.settings, clock: this.clock, signal: this.#closing.signal };
    // A test that an outage cut off shows nothing.
    await testUntilComplete(tested, (test) => this.#available && this.#health.tested(test));
    this.#testing = undefined;
  }
}
