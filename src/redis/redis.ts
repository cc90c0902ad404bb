import type { RedisCommander } from 'ioredis';
import { isRejection, type RedisReason } from './health/redis-reason';
import type { SubscriptionListener } from './redis-subscription';

/** Deletes a lock, unless another holder has it by now. */
const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`;

/**
 * A command failed: Redis is unreachable, too slow, or refused it. The driver's error is dropped on purpose, as it has the command with
 * its keys and values. A write may have happened.
 */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';

  /** @param wasSent false if the breaker was open */
  constructor(
    readonly reason: RedisReason = 'timeout',
    readonly wasSent = true,
  ) {
    super('Redis is not available');
  }

  /** Whether the next try may succeed soon. Not where Redis refuses the command, except during a failover, nor while the breaker is open. */
  get mayPass(): boolean {
    return this.wasSent && (!isRejection(this.reason) || this.reason === 'readonly' || this.reason === 'moved');
  }
}

/** Redis, or its absence: `NoRedis`. The class is the token for Nest's injection. */
export abstract class Redis {
  /** Whether there is a Redis at all. Without it all state stays in this process. */
  abstract readonly isConfigured: boolean;

  /** Whether a command would be sent now; it may still fail. Of a cluster: to any of its servers. */
  abstract get isAvailable(): boolean;

  /** The same Redis with 250 ms for a command in place of 50: for keys of idempotency, limits and locks, where a miss is dear. */
  get coordination(): Redis {
    return this;
  }

  /** Why Redis is away or refuses commands, each reason once; empty while all is well. */
  get reasons(): readonly RedisReason[] {
    return [];
  }

  /** Whether Redis removes keys that did not expire when it is full. */
  get isEvicting(): boolean {
    return false;
  }

  /**
   * Runs commands that are sent together, with one limit of 50 ms for all of them.
   * @param key one of theirs: of a cluster, only the server that has it counts as away when it does not reply
   * @throws {RedisUnavailable} at once while the breaker is open; else after a lost connection, a timeout or any error reply
   */
  abstract run<T>(work: (commands: RedisCommander) => Promise<T>, key?: string): Promise<T>;

  /** Calls the listener when the connection is lost, once until it is there again. */
  onInterrupted(_listener: () => void): void {
    // Never, unless there is a connection.
  }

  /**
   * Calls the listener after each interruption, before any command is sent. `isContinued`: Redis has only closed the connection, and the
   * same server with the same history has made another one at once. If not, its data may be older than before, as it may be another
   * server or have lost writes, or other replicas may have written without it.
   */
  abstract onReconnected(listener: (isContinued: boolean) => void): void;

  /** The name of a channel as scripts and `publish` need it, with the prefix of the deployment. Keys and `subscribe` get it by themselves. */
  channel(name: string): string {
    return name;
  }

  /** Listens to a channel on a separate connection until `close`. Messages are lost while that connection is down. */
  abstract subscribe(channel: string, listener: SubscriptionListener): { readonly isListening: boolean };

  abstract close(): Promise<void>;

  /** Runs a Lua script. Throws like `run`. */
  eval(script: string, keys: readonly string[], ...values: readonly (string | number)[]): Promise<unknown> {
    return this.run((commands) => commands.eval(script, keys.length, ...keys, ...values), keys[0]);
  }

  /** Takes a lock that expires after `lifeMs`. False if another holder has it; true also while Redis is unavailable. */
  async lock(key: string, holder: string, lifeMs: number): Promise<boolean> {
    try {
      return (await this.run((commands) => commands.set(key, holder, 'PX', lifeMs, 'NX'), key)) === 'OK';
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
    throw new RedisUnavailable('refused', false);
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
