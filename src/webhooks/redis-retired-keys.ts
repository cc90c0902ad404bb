import { createHash } from 'node:crypto';
import { logEvent } from '../observability/log-events';
import type { Logger } from '../observability/logger';
import type { RedisConnection } from '../redis/redis-connection';
import { seal, unseal } from '../secrets/seal';
import { Secret } from '../secrets/secret';
import type { SecretKeys } from '../secrets/secret-keys';
import type { MemoryRetiredKeys } from './memory-retired-keys';
import { isTooLong, type KeyPlace, RETIRED_FOR_MS, type RetiredKey } from './retired-key';
import { RetiredKeys } from './retired-keys';

/**
 * Sealed in Redis, so that a rotation survives restarts (of `SECRET_KEY` too) and reaches replicas; in memory as well, for while
 * Redis is away. Redis sees neither the key nor its name.
 */
export class RedisRetiredKeys extends RetiredKeys {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: SecretKeys,
    private readonly memory: MemoryRetiredKeys,
    private readonly logger: Logger,
  ) {
    super();
  }

  async keep(place: KeyPlace, key: RetiredKey): Promise<void> {
    if (isTooLong(key)) return;
    await this.memory.keep(place, key);
    const at = redisKeyOf(place);
    const sealed = seal(this.keys, at, JSON.stringify({ hubId: key.hubId, privateKey: key.privateKey.reveal() }));
    try {
      await this.redis.run((commands) => commands.set(at, sealed, 'PX', RETIRED_FOR_MS));
    } catch {
      logEvent(this.logger, 'webhooks.key-not-shared');
    }
  }

  async find(place: KeyPlace): Promise<RetiredKey | undefined> {
    const at = redisKeyOf(place);
    const sealed = await this.redis.run((commands) => commands.get(at)).catch(() => null);
    const opened = sealed === null ? undefined : unseal(this.keys, at, sealed);
    return (opened && parse(opened)) ?? this.memory.find(place);
  }
}

/** Whatever the name is made of, it is hashed: it comes from a stranger's header. */
function redisKeyOf({ tenant, integrationId, name }: KeyPlace): string {
  const place = createHash('sha256')
    .update(JSON.stringify([tenant, integrationId, name]))
    .digest('base64url');
  return `stagedoor:webhooks:retired:${place}`;
}

/** What was sealed is ours, but maybe of another version. */
function parse(opened: Secret): RetiredKey | undefined {
  const value: unknown = JSON.parse(opened.reveal());
  if (typeof value !== 'object' || value === null || !('hubId' in value) || !('privateKey' in value)) return undefined;
  const { hubId, privateKey } = value;
  if (typeof hubId !== 'string' || typeof privateKey !== 'string') return undefined;
  return { hubId, privateKey: Secret.of(privateKey) };
}
