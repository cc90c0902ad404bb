import type { RedisConnection } from '../redis/redis-connection';
import type { RedisSubscription } from '../redis/redis-subscription';
import { randomId } from './random-id';

export const CHANNEL = 'stagedoor:generations';

interface BusListener {
  /** Another replica has renewed the generation of this scope. */
  onRenewed(scope: string): void;
  /** Messages may have been lost until now; from now on they arrive. */
  onListening(): void;
}

/** Tells replicas of each other's renewals, within milliseconds where it works; what it loses, confirmation finds. */
export class InvalidationBus {
  readonly #origin = randomId();
  #subscription: RedisSubscription | undefined;

  constructor(private readonly redis: RedisConnection) {}

  get isListening(): boolean {
    return this.#subscription?.isListening ?? false;
  }

  listen({ onRenewed, onListening }: BusListener): void {
    this.#subscription = this.redis.subscribe(CHANNEL, {
      onMessage: (message) => {
        const [origin, scope] = message.split(' ');
        if (origin !== this.#origin && scope) onRenewed(scope);
      },
      onStateChange: (isListening) => {
        if (isListening) onListening();
      },
    });
  }

  /** What is published for a renewal; the sender does not hear itself. */
  messageFor(scope: string): string {
    return `${this.#origin} ${scope}`;
  }
}
