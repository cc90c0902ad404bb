import type { Cluster, Redis as Driver, RedisCommander } from 'ioredis';
import type { Clock } from '../clock/clock';
import type { RedisSettings } from '../config/redis-settings';
import { logEvent } from '../observability/log-events';
import type { Logger } from '../observability/logger';
import type { Metrics } from '../observability/metrics';
import { Redis, RedisUnavailable } from './redis';
import { connectOnce, createDriver, createSubscriber } from './redis-driver';
import { RedisSubscription, type SubscriptionListener } from './redis-subscription';

const FAILURES_TO_OPEN = 5;
/**
 * Time limit for a reply, in milliseconds: less than the documented 50, as timers fire late (docs/decisions/0011).
 */
const REPLY_LIMIT_MS = 48;

/**
 * The connection to Redis. A command succeeds within 50 ms or fails. After five failures in a row the breaker opens: commands
 * fail at once, and the connection is replaced, at most every half second, until a PING has a reply.
 */
export class RedisConnection extends Redis {
  override readonly isConfigured = true;
  readonly #driver: Driver | Cluster;
  readonly #subscriptions: RedisSubscription[] = [];
  readonly #reconnectionListeners: (() => void)[] = [];
  readonly #results: Readonly<Record<'ok' | 'failed' | 'refused', { inc(): void }>>;
  #available = false;
  #interrupted = false;
  #closed = false;
  #failures = 0;

  constructor(
    private readonly settings: RedisSettings,
    private readonly clock: Clock,
    { redisCommands }: Metrics,
    private readonly logger: Logger,
  ) {
    super();
    this.#driver = createDriver(settings);
    this.#results = {
      ok: redisCommands.labels('ok'),
      failed: redisCommands.labels('failed'),
      refused: redisCommands.labels('refused'),
    };
    this.#driver.on('error', ignore);
    this.#driver.on('ready', () => void this.#probe());
    this.#driver.on('close', () => this.#markUnavailable());
    // A cluster stays ready while it loses a node; the new node in its place may have older data.
    this.#driver.on('+node', () => this.#available && this.#notifyReconnected());
  }

  /** Starts connecting; resolves after the first attempt, successful or not, so that the service also starts without Redis. */
  async open(): Promise<void> {
    await connectOnce(this.#driver).then(
      () => this.#probe(),
      () => this.#markUnavailable(),
    );
  }

  override get isAvailable(): boolean {
    return this.#available;
  }

  override async run<T>(work: (commands: RedisCommander) => Promise<T>): Promise<T> {
    if (!this.#available) {
      this.#results.refused.inc();
      throw new RedisUnavailable();
    }
    try {
      const result = await withinReplyLimit(work(this.#driver));
      this.#failures = 0;
      this.#results.ok.inc();
      return result;
    } catch {
      this.#results.failed.inc();
      this.#failures += 1;
      if (this.#available && this.#failures >= FAILURES_TO_OPEN) this.#reconnect();
      throw new RedisUnavailable();
    }
  }

  override channel(name: string): string {
    return this.settings.prefix + name;
  }

  override onReconnected(listener: () => void): void {
    this.#reconnectionListeners.push(listener);
  }

  override subscribe(channel: string, listener: SubscriptionListener): RedisSubscription {
    const connect = (attempt: number) => createSubscriber(this.settings, this.#driver, attempt);
    const subscription = new RedisSubscription(connect, this.clock, this.channel(channel), listener);
    this.#subscriptions.push(subscription);
    return subscription;
  }

  override async close(): Promise<void> {
    this.#closed = true;
    this.#available = false;
    this.#driver.disconnect();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
  }

  /** A server that accepts connections may still not reply. */
  async #probe(): Promise<void> {
    if (this.#available || this.#closed) return;
    try {
      await withinReplyLimit(this.#driver.ping());
    } catch {
      this.#reconnect();
      return;
    }
    if (this.#available || this.#closed || this.#driver.status !== 'ready') return;
    this.#available = true;
    this.#failures = 0;
    if (this.#interrupted) this.#notifyReconnected();
    this.#interrupted = false;
  }

  #notifyReconnected(): void {
    logEvent(this.logger, 'redis.available');
    for (const listener of this.#reconnectionListeners) listener();
  }

  #reconnect(): void {
    this.#markUnavailable();
    if (!this.#closed) this.#driver.disconnect(true);
  }

  #markUnavailable(): void {
    if (!this.#closed && !this.#interrupted) logEvent(this.logger, 'redis.unavailable');
    this.#available = false;
    this.#interrupted = true;
  }
}

/** The driver prints errors without a listener, host and port included. The event `close` follows each of them. */
const ignore = () => undefined;

/**
 * Waits for a reply until the limit. A reply that arrived while this process was blocked is read before the limit takes
 * effect; otherwise a long garbage collection would look like an outage of Redis.
 */
export function withinReplyLimit<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisUnavailable())), REPLY_LIMIT_MS);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
