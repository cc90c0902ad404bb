import type { RedisCommander } from 'ioredis';
import type { Span } from '../context/span';
import type { Redis as Connection } from './redis';
import { Redis, RedisUnavailable } from './redis';
import type { SubscriptionListener } from './redis-subscription';

/** A connection that runs commands in another way: with another limit, or in a span. */
export class RedisView extends Redis {
  constructor(
    private readonly connection: Connection,
    override readonly run: Redis['run'],
  ) {
    super();
  }

  override get isConfigured(): boolean {
    return this.connection.isConfigured;
  }

  override get isAvailable(): boolean {
    return this.connection.isAvailable;
  }

  override get reasons(): Connection['reasons'] {
    return this.connection.reasons;
  }

  override get isEvicting(): boolean {
    return this.connection.isEvicting;
  }

  override channel(name: string): string {
    return this.connection.channel(name);
  }

  override onInterrupted(listener: () => void): void {
    this.connection.onInterrupted(listener);
  }

  override onReconnected(listener: (isContinued: boolean) => void): void {
    this.connection.onReconnected(listener);
  }

  override subscribe(channel: string, listener: SubscriptionListener): { readonly isListening: boolean } {
    return this.connection.subscribe(channel, listener);
  }

  override close(): Promise<void> {
    return this.connection.close();
  }
}

/** The same Redis, with a span for what it runs: the names of the commands, never their keys, values or scripts. */
export function traced(redis: Connection, parent: Span | undefined): Connection {
  if (!parent?.isRecorded) return redis;
  return new RedisView(redis, async (work, key) => {
    const names: string[] = [];
    const span = parent.child('redis', 'client');
    try {
      return await redis.run((commands) => work(recording(commands, names)), key);
    } catch (error) {
      span.fail(error instanceof RedisUnavailable ? error.reason : 'other');
      throw error;
    } finally {
      span.set({ 'db.system.name': 'redis', 'db.operation.name': names.join(' ') });
      span.end();
    }
  });
}

/** Notes the commands that are called: a variant for bytes has the name of its command. */
function recording(commands: RedisCommander, names: string[]): RedisCommander {
  return new Proxy(commands, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      names.push(
        String(name)
          .replace(/Buffer$/, '')
          .toUpperCase(),
      );
      return member.bind(target);
    },
  });
}
