import { createHash } from 'node:crypto';
import { isJsonObject } from '../json/json-value';
import { logEvent } from '../observability/log-events';
import type { Logger } from '../observability/logger';
import type { RedisConnection } from '../redis/redis-connection';
import { seal, unseal } from '../secrets/seal';
import { Secret } from '../secrets/secret';
import type { SecretKeys } from '../secrets/secret-keys';
import { hmacKeyOf, keyNameOf } from './hmac-key';
import type { MemoryRetiredKeys } from './memory-retired-keys';
import { RETIRED_FOR_MS, type RetiredKey, type RetiredKeyLocation, type RetiringKey } from './retired-key';
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

  async keep(location: RetiredKeyLocation, key: RetiringKey): Promise<void> {
    await this.memory.keep(location, key);
    const at = redisKeyOf(location);
    const sealed = seal(
      this.keys,
      at,
      JSON.stringify({ hubId: key.hubId, hmacKey: hmacKeyOf(key.privateKey).reveal() }),
    );
    try {
      await this.redis.run((commands) => commands.set(at, sealed, 'PX', RETIRED_FOR_MS));
    } catch {
      logEvent(this.logger, 'webhooks.key-not-shared');
    }
  }

  async find(location: RetiredKeyLocation): Promise<RetiredKey | undefined> {
    const at = redisKeyOf(location);
    const sealed = await this.redis.run((commands) => commands.get(at)).catch(() => null);
    const opened = sealed === null ? undefined : unseal(this.keys, at, sealed);
    return (opened && parse(opened)) ?? this.memory.find(location);
  }
}

/** Whatever the name is made of, it is hashed: it comes from a stranger's header. */
function redisKeyOf({ tenant, integrationId, name }: RetiredKeyLocation): string {
  const location = createHash('sha256')
    .update(JSON.stringify([tenant, integrationId, keyNameOf(name)]))
    .digest('base64url');
  return `stagedoor:webhooks:retired:${location}`;
}

/** What was sealed is ours, but maybe of another version: one of before wrote the private key itself. */
function parse(opened: Secret): RetiredKey | undefined {
  const value: unknown = JSON.parse(opened.reveal());
  if (!isJsonObject(value)) return undefined;
  const { hubId, hmacKey, privateKey } = value;
  if (typeof hubId !== 'string') return undefined;
  if (typeof hmacKey === 'string') return { hubId, hmacKey: Secret.of(hmacKey) };
  return typeof privateKey === 'string' ? { hubId, hmacKey: hmacKeyOf(Secret.of(privateKey)) } : undefined;
}
