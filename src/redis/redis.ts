import type { RedisCommander } from 'ioredis';
import type { SubscriptionListener } from './redis-subscription';

/** Deletes a lock, unless another holder has it by now. */
const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`;

/**
 * A command failed: Redis is unreachable, too slow, or replied with an error. The driver's error is dropped on purpose, as it
 * has the command with its keys and values. A write may have happened.
 */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';

  constructor() {
    super('Redis is not available');
  }
}

/** Redis, or its absence: `NoRedis`. The class is the token for Nest's injection. */
export abstract class Redis {
  /** Whether there is a Redis at all. Without it all state stays in this process. */
  abstract readonly isConfigured: boolean;

  /** Whether a command would be sent now; it may still fail. */
  abstract get isAvailable(): boolean;

  /**
   * Runs commands that are sent together, with one limit of 50 ms for all of them.
   * @throws {RedisUnavailable} at once while the breaker is open; else after a lost connection, a timeout or any error reply
   */
  abstract run<T>(work: (commands: RedisCommander) => Promise<T>): Promise<T>;

  /**
   * Calls the listener after each interruption, before any command is sent. The data of Redis may then be older than before:
   * it may be another server, or have lost writes.
   */
  abstract onReconnected(listener: () => void): void;

  /** The name of a channel as scripts and `publish` need it, with the prefix of the deployment. Keys and `subscribe` get it by themselves. */
  channel(name: string): string {
    return name;
  }

  /** Listens to a channel on a separate connection until `close`. Messages are lost while that connection is down. */
  abstract subscribe(channel: string, listener: SubscriptionListener): { readonly isListening: boolean };

  abstract close(): Promise<void>;

  /** Runs a Lua script. Throws like `run`. */
  eval(script: string, keys: readonly string[], ...values: readonly (string | number)[]): Promise<unknown> {
    return this.run((commands) => commands.eval(script, keys.length, ...keys, ...values));
  }

  /** Takes a lock that expires after `lifeMs`. False if another holder has it; true also while Redis is unavailable. */
  async lock(key: string, holder: string, lifeMs: number): Promise<boolean> {
    try {
      return (await this.run((commands) => commands.set(key, holder, 'PX', lifeMs, 'NX'))) === 'OK';
    } catch {
      return true;
    }
  }

  /** Releases a lock of this holder; resolves to whether Redis has confirmed it. */
  unlock(key: string, holder: string): Promise<boolean> {
    return this.eval(UNLOCK, [key], holder).then(
      () => true,
      () => false,
    );
  }
}

/** Where Redis is not configured: never available. No command is emulated, as each module has its own state without Redis. */
export class NoRedis extends Redis {
  override readonly isConfigured = false;
  override readonly isAvailable = false;

  override async run(): Promise<never> {
    throw new RedisUnavailable();
  }

  override onReconnected(): void {
    // Never.
  }

  override subscribe(): { readonly isListening: boolean } {
    return { isListening: false };
  }

  override async close(): Promise<void> {
    // Nothing is open.
  }
}
