import { randomUUID } from 'node:crypto';
import { type Redis, RedisUnavailable } from '../../redis/redis';
import { GenerationRegistry, idSuffix, isGenerationId, numberOf, type RegistryListener } from './generation-registry';

const CHANNEL = 'stagedoor:generations';
const ID_LIFE_SECONDS = 86_400;

/** `make` creates an id: the server's time in microseconds, or `least` + 1 if that is greater. `isId`: the scope has a valid id. */
const MAKE_ID = `
  local function make(least, suffix)
    local time = redis.call('TIME')
    local number = math.max(time[1] * 1000000 + time[2], least + 1)
    return string.format('%016.0f', number) .. suffix
  end
  local id = redis.call('GET', KEYS[1])
  local isId = id and #id == 22 and string.match(id, '^%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d')`;

/** Returns the id of a scope and creates it if it is missing. */
const READ_ID = `${MAKE_ID}
  if isId then return id end
  id = make(0, ARGV[1])
  redis.call('SET', KEYS[1], id, 'EX', ${ID_LIFE_SECONDS})
  return id`;

/** Replaces the id of a scope and notifies the replicas. A full Redis accepts SET only in a script that has written before, and DEL always. */
const REPLACE_ID = `${MAKE_ID}
  redis.call('DEL', KEYS[1])
  local least = math.max(tonumber(ARGV[2]), isId and tonumber(string.sub(id, 1, 16)) or 0)
  id = make(least, ARGV[1])
  redis.call('SET', KEYS[1], id, 'EX', ${ID_LIFE_SECONDS})
  redis.call('PUBLISH', ARGV[3], ARGV[4] .. ' ' .. id)
  return id`;

export class RedisGenerationRegistry extends GenerationRegistry {
  readonly #replica = randomUUID();
  #subscription: { readonly isListening: boolean } | undefined;

  constructor(private readonly redis: Redis) {
    super();
  }

  override get isAvailable(): boolean {
    return this.redis.isAvailable;
  }

  override get isListening(): boolean {
    return this.#subscription?.isListening ?? false;
  }

  override listen({ onReplaced, onReconnected, onListening }: RegistryListener): void {
    this.redis.onReconnected(onReconnected);
    this.#subscription = this.redis.subscribe(CHANNEL, {
      onMessage: (message) => {
        const [replica, scope, id = ''] = message.split(' ');
        if (replica !== this.#replica && scope) onReplaced(scope, id);
      },
      onStateChange: (isListening) => {
        if (isListening) onListening();
      },
    });
  }

  override async idsOf(scopes: readonly string[]): Promise<readonly string[]> {
    const replies = await this.redis.run((commands) =>
      Promise.all(scopes.map((scope) => commands.eval(READ_ID, 1, generationKey(scope), idSuffix()))),
    );
    if (!replies.every(isGenerationId)) throw new RedisUnavailable();
    return replies;
  }

  override async replace(scope: string, floor: string | undefined): Promise<string> {
    const id = await this.redis.eval(
      REPLACE_ID,
      [generationKey(scope)],
      ...[idSuffix(), numberOf(floor), CHANNEL, `${this.#replica} ${scope}`],
    );
    if (!isGenerationId(id)) throw new RedisUnavailable();
    return id;
  }
}

/** The scope is the hash tag: the key of a tenant shares a slot of a cluster with its entries. */
function generationKey(scope: string): string {
  return `stagedoor:{${scope}}:generation`;
}
