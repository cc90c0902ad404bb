import type { RedisConnection } from '../redis/redis-connection';
import type { RedisSubscription } from '../redis/redis-subscription';
import { RedisUnavailable } from '../redis/redis-unavailable';
import { GenerationRegistry, type RegistryListener } from './generation-registry';
import { ID_LENGTH, isId, randomId } from './random-id';
import { generationKey } from './redis-keys';

const CHANNEL = 'stagedoor:generations';
const ID_LIFE_SECONDS = 86_400;

/** Answers with the id of a scope, making one where there is none. */
const READ_ID = `
  local id = redis.call('GET', KEYS[1])
  if id and #id == ${ID_LENGTH} then return id end
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ${ID_LIFE_SECONDS})
  return ARGV[1]`;

/** Drops the id of a scope, then tells the replicas. DEL, unlike SET, works in a Redis that is full. */
const DROP_ID = `
  redis.call('DEL', KEYS[1])
  return redis.call('PUBLISH', ARGV[1], ARGV[2])`;

export class RedisGenerationRegistry extends GenerationRegistry {
  readonly #replica = randomId();
  #subscription: RedisSubscription | undefined;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  override get isAvailable(): boolean {
    return this.redis.isAvailable;
  }

  override get isListening(): boolean {
    return this.#subscription?.isListening ?? false;
  }

  override listen({ onDropped, onReconnected, onListening }: RegistryListener): void {
    this.redis.onReconnected(onReconnected);
    this.#subscription = this.redis.subscribe(CHANNEL, {
      onMessage: (message) => {
        const [replica, scope] = message.split(' ');
        if (replica !== this.#replica && scope) onDropped(scope);
      },
      onStateChange: (isListening) => {
        if (isListening) onListening();
      },
    });
  }

  override async idsOf(scopes: readonly string[]): Promise<readonly string[]> {
    const replies = await this.redis.run((commands) =>
      Promise.all(scopes.map((scope) => commands.eval(READ_ID, 1, generationKey(scope), randomId()))),
    );
    if (!replies.every(isId)) throw new RedisUnavailable();
    return replies;
  }

  override async drop(scope: string): Promise<void> {
    await this.redis.run((commands) =>
      commands.eval(DROP_ID, 1, generationKey(scope), CHANNEL, `${this.#replica} ${scope}`),
    );
  }
}
