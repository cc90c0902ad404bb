import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { Redis } from '../../redis/redis';
import type { SecretKeys } from '../../secrets/secret-keys';
import { ageOf, type Entry, ResponseBody, remainingLifeOf } from '../entry';
import { type CacheKey, CacheStore } from './cache-store';

const VERSION = 'v2';
const MAC_BYTES = 32;
const LENGTH_BYTES = 4;
/** Larger entries stay in memory: a transfer could exceed the time limit of a command, and that would open the breaker. */
const MAX_VALUE_BYTES = 1024 * 1024;

/** The part of a Redis value before the body. */
type Head = Pick<Entry, 'freshMs' | 'staleMs' | 'errorStaleMs'> &
  Pick<Entry['response'], 'status' | 'etag' | 'headers'> & {
    /** Wall clock, as monotonic clocks differ between replicas. Their wall clocks are assumed to agree within a second. */
    readonly loadedAt: number;
  };

/**
 * Entries as Redis values: HMAC-SHA256, length of the head, head (JSON), body. The HMAC binds the value to its cache key, so that
 * garbage and values that were moved between keys or tenants are rejected (N2, N6).
 */
export class EntryCodec {
  constructor(
    private readonly keys: SecretKeys,
    private readonly clock: Clock,
  ) {}

  encode(cacheKey: CacheKey, entry: Entry): Buffer {
    const { response, freshMs, staleMs, errorStaleMs } = entry;
    const loadedAt = this.clock.now() - ageOf(entry, this.clock.monotonic());
    const head: Head = {
      status: response.status,
      etag: response.etag,
      headers: response.headers,
      loadedAt,
      freshMs,
      staleMs,
      errorStaleMs,
    };
    const json = Buffer.from(JSON.stringify(head));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(json.length);
    const content = Buffer.concat([length, json, response.body.bytes]);
    return Buffer.concat([macOf(this.keys, cacheKey, content), content]);
  }

  /** Undefined for a value that was not encoded for this cache key under a known `SECRET_KEY`. */
  decode(cacheKey: CacheKey, value: Buffer): Entry | undefined {
    if (value.length < MAC_BYTES + LENGTH_BYTES) return undefined;
    const content = value.subarray(MAC_BYTES);
    const isAuthentic = this.keys.all.some((keys) =>
      timingSafeEqual(value.subarray(0, MAC_BYTES), macOf(keys, cacheKey, content)),
    );
    if (!isAuthentic) return undefined;
    const bodyAt = LENGTH_BYTES + content.readUInt32BE();
    // Safe to cast: the authenticated content was written by `encode` of this version.
    const head: Head = JSON.parse(content.toString('utf8', LENGTH_BYTES, bodyAt));
    const { status, etag, headers, freshMs, staleMs, errorStaleMs } = head;
    const age = Math.max(0, this.clock.now() - head.loadedAt);
    const response = { status, body: new ResponseBody(content.subarray(bodyAt)), etag, headers };
    return { response, loadedAt: this.clock.monotonic() - age, freshMs, staleMs, errorStaleMs };
  }
}

function macOf(keys: SecretKeys, { tenant, visibility, generation, key }: CacheKey, content: Buffer): Buffer {
  return keys.mac('cache', VERSION, tenant, visibility, generation, key, content);
}

/** The tier that replicas share. A failure of Redis is a miss (N6). */
export class RedisCacheStore extends CacheStore {
  constructor(
    private readonly redis: Redis,
    private readonly codec: EntryCodec,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async get(cacheKey: CacheKey): Promise<Entry | undefined> {
    try {
      for (const candidate of cacheKeysOf(cacheKey)) {
        const key = entryKey(candidate);
        const value = await this.redis.run((commands) => commands.getBuffer(key), key);
        const entry = value && this.codec.decode(candidate, value);
        if (entry) return entry;
      }
    } catch {
      // A miss.
    }
    return undefined;
  }

  override async set(cacheKey: CacheKey, entry: Entry): Promise<void> {
    const ttl = Math.floor(remainingLifeOf(entry, this.clock.monotonic()));
    if (ttl <= 0 || entry.response.body.length > MAX_VALUE_BYTES) return;
    const value = this.codec.encode(cacheKey, entry);
    const key = entryKey(cacheKey);
    await this.redis.run((commands) => commands.set(key, value, 'PX', ttl), key).catch(ignore);
  }

  override async delete(cacheKey: CacheKey): Promise<void> {
    const keys = cacheKeysOf(cacheKey).map(entryKey);
    await this.redis.run((commands) => commands.del(...keys), keys[0]).catch(ignore);
  }
}

/** During a rotation of `SECRET_KEY`, replicas that list the keys in the other order store entries under another visibility. */
function cacheKeysOf({ previousVisibility, ...cacheKey }: CacheKey): readonly CacheKey[] {
  return previousVisibility === undefined ? [cacheKey] : [cacheKey, { ...cacheKey, visibility: previousVisibility }];
}

const ignore = () => undefined;

/**
 * The tenant is the hash tag, so that all of its keys share a slot of a cluster. Without the generation: an entry replaces the one of an
 * earlier generation, which would be of no use until it expires. The HMAC covers the generation, so a delayed SET is never read.
 */
function entryKey(cacheKey: CacheKey): string {
  return `stagedoor:{${cacheKey.tenant}}:response:${digest(cacheKey)}`;
}

export function refreshLockKey(cacheKey: CacheKey): string {
  return `stagedoor:{${cacheKey.tenant}}:turn:${cacheKey.generation}:${digest(cacheKey)}`;
}

/** Limits the length of the key. On a collision the HMAC of the value, which covers the whole cache key, detects the wrong entry. */
function digest({ visibility, key }: CacheKey): string {
  return hash('sha256', `${visibility} ${key}`, 'base64url').slice(0, 22);
}
