import { createHash } from 'node:crypto';
import { isJsonObject } from '../json/json-value';
import { logEvent } from '../observability/log/log-events';
import type { Logger } from '../observability/log/logger';
import type { Redis } from '../redis/redis';
import { seal, unseal } from '../secrets/seal';
import { Secret } from '../secrets/secret';
import type { SecretKeys } from '../secrets/secret-keys';
import {
  hmacKeyOf,
  keyNameOf,
  type MemoryRetiredKeys,
  RETIRED_FOR_MS,
  type RetiredKey,
  type RetiredKeyLocation,
  RetiredKeys,
  type RetiringKey,
} from './retired-keys';

/**
 * Sealed in Redis, so that a key survives restarts (and a rotation of `SECRET_KEY`) and reaches other replicas; and in memory,
 * for outages of Redis. Redis receives neither the key nor its name in the clear.
 */
export class RedisRetiredKeys extends RetiredKeys {
  constructor(
    private readonly redis: Redis,
    private readonly keys: SecretKeys,
    private readonly memory: MemoryRetiredKeys,
    private readonly logger: Logger,
  ) {
    super();
  }

  async keep(location: RetiredKeyLocation, key: RetiringKey): Promise<void> {
    await this.memory.keep(location, key);
    const redisKey = redisKeyOf(location);
    const sealed = seal(
      this.keys,
      redisKey,
      JSON.stringify({ hubId: key.hubId, hmacKey: hmacKeyOf(key.privateKey).reveal() }),
    );
    try {
      await this.redis.run((commands) => commands.set(redisKey, sealed, 'PX', RETIRED_FOR_MS), redisKey);
    } catch {
      logEvent(this.logger, 'webhooks.key-not-shared');
    }
  }

  async find(location: RetiredKeyLocation): Promise<RetiredKey | undefined> {
    const redisKey = redisKeyOf(location);
    const sealed = await this.redis.run((commands) => commands.get(redisKey), redisKey).catch(() => null);
    const opened = sealed === null ? undefined : unseal(this.keys, redisKey, sealed);
    return (opened && parse(opened)) ?? this.memory.find(location);
  }
}

/** Hashed, as the name comes from the header of an untrusted webhook. */
function redisKeyOf({ tenant, integrationId, name }: RetiredKeyLocation): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([tenant, integrationId, keyNameOf(name)]))
    .digest('base64url');
  return `stagedoor:webhooks:retired:${digest}`;
}

/** Another version of Stagedoor may have written the text: an older one stored the private key itself. */
function parse(opened: Secret): RetiredKey | undefined {
  const value: unknown = JSON.parse(opened.reveal());
  if (!isJsonObject(value)) return undefined;
  const { hubId, hmacKey, privateKey } = value;
  if (typeof hubId !== 'string') return undefined;
  if (typeof hmacKey === 'string') return { hubId, hmacKey: Secret.of(hmacKey) };
  return typeof privateKey === 'string' ? { hubId, hmacKey: hmacKeyOf(Secret.of(privateKey)) } : undefined;
}
