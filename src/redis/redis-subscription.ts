import type { Redis } from 'ioredis';
import type { Clock } from '../clock/clock';
import { failureOf, isRejection, type RedisFailure } from './health/redis-reason';
import { reconnectDelay } from './redis-driver';

const HEARTBEAT_MS = 500;

export interface SubscriptionListener {
  onMessage(message: string): void;
  /** `true`: every message is received from now on. `false`: messages may be lost. */
  onStateChange(isListening: boolean): void;
  /** The server is there and does not let this connection listen. Called again for each attempt. */
  onRefused?(failure: RedisFailure): void;
}

/**
 * Listens to one channel until `close`: after an interruption it connects to the next node (every node of a cluster receives
 * every message). A heartbeat detects dead connections.
 */
export class RedisSubscription {
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #isListening = false;

  constructor(
    private readonly connect: (attempt: number) => Redis,
    private readonly clock: Clock,
    private readonly channel: string,
    private readonly listener: SubscriptionListener,
  ) {
    this.#ended = this.#listenUntilClosed();
  }

  get isListening(): boolean {
    return this.#isListening;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }

  async #listenUntilClosed(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const listened = await this.#listen(this.connect(attempt));
      if (listened) attempt = 0;
      await this.clock.sleep(reconnectDelay(attempt + 1), signal).catch(ignore);
    }
  }

  /** Listens until the connection is lost. Resolves to whether it was made. */
  async #listen(client: Redis): Promise<boolean> {
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.#closing.signal]);
    client.on('error', ignore);
    client.on('message', (_channel, message) => this.listener.onMessage(message));
    client.once('close', () => lost.abort());
    const end = () => {
      this.#setListening(false);
      client.disconnect();
    };
    // Node 20 keeps a signal of `any` for good while it has a listener, also after it was aborted.
    signal.addEventListener('abort', end, { once: true });
    let listened = false;
    try {
      await client.connect();
      await client.subscribe(this.channel);
      listened = !signal.aborted;
      if (listened) this.#setListening(true);
      while (!signal.aborted) {
        await this.clock.sleep(HEARTBEAT_MS, signal);
        await client.ping();
      }
    } catch (error) {
      // Lost, refused or too slow: the loop above connects again.
      const failure = failureOf(error);
      if (!signal.aborted && isRejection(failure.reason)) this.listener.onRefused?.(failure);
    }
    lost.abort();
    return listened;
  }

  #setListening(isListening: boolean): void {
    if (this.#isListening === isListening) return;
    this.#isListening = isListening;
    this.listener.onStateChange(isListening);
  }
}

const ignore = () => undefined;
