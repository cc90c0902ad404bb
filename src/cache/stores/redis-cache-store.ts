import { hash, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { Redis } from '../../redis/redis';
import { traced } from '../../redis/redis-view';
import { type Entry, remainingLifeOf } from '../entry';
import { type CacheKey, CacheStore } from './cache-store';
import type { EntryCodec } from './entry-codec';

/** As large as a list of Hubster may be. Masks can make one larger; it stays in memory. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/**
 * Larger values are transferred in pieces, one command each: no command takes long, and those of other requests are sent in between. One
 * piece takes 2 ms at 1 Gbit/s, and 21 ms of the 50 ms at 100 Mbit/s.
 */
const PIECE_BYTES = 256 * 1024;
const MAX_PIECES = MAX_BODY_BYTES / PIECE_BYTES + 1;
/** The time for all pieces of a value, in milliseconds. */
const TRANSFER_MS = 500;
/** The lifetime of a value of which not all pieces are there yet: its writer may stop. */
const DRAFT_MS = 10_000;
/** Values in pieces that are transferred at once; it limits the memory that they take. Further ones are misses, or are not stored. */
const MAX_TRANSFERS = 8;

/** The tier that replicas share. A failure of Redis is a miss (N6). */
export class RedisCacheStore extends CacheStore {
  /** The draft of the newest `set` of each key in flight: an earlier one that takes longer must not replace it. */
  readonly #newest = new Map<string, string>();
  #transfers = 0;

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
        const entry = await this.codec.decode(
          candidate,
          await this.#read(entryKey(candidate), traced(this.redis, cacheKey.span)),
        );
        if (entry) return entry;
      }
    } catch {
      // A miss.
    }
    return undefined;
  }

  override async set(cacheKey: CacheKey, entry: Entry): Promise<void> {
    if (this.#lifeOf(entry) <= 0 || entry.response.body.length > MAX_BODY_BYTES) return;
    const key = entryKey(cacheKey);
    const draft = `${key}:${randomUUID()}`;
    this.#newest.set(key, draft);
    const redis = traced(this.redis, cacheKey.span);
    try {
      const value = await this.codec.encode(cacheKey, entry);
      const isLarge = value.length > PIECE_BYTES;
      if (isLarge) await this.#transfer(() => this.#writePieces(draft, value, redis));
      const life = this.#lifeOf(entry);
      if (life <= 0 || this.#newest.get(key) !== draft) return;
      if (!isLarge) await redis.run((commands) => commands.set(key, value, 'PX', life), key);
      else
        await redis.run((commands) => Promise.all([commands.pexpire(draft, life), commands.rename(draft, key)]), key);
    } catch {
      // Not stored.
    } finally {
      if (this.#newest.get(key) === draft) this.#newest.delete(key);
    }
  }

  override async delete(cacheKey: CacheKey): Promise<void> {
    const keys = cacheKeysOf(cacheKey).map(entryKey);
    for (const key of keys) this.#newest.delete(key);
    await traced(this.redis, cacheKey.span)
      .run((commands) => commands.del(...keys), keys[0])
      .catch(ignore);
  }

  #lifeOf(entry: Entry): number {
    return Math.floor(remainingLifeOf(entry, this.clock.monotonic()));
  }

  async #read(key: string, redis: Redis): Promise<Buffer> {
    const first = await readPiece(redis, key, 0);
    return isFull(first) ? this.#transfer(() => this.#readPieces(key, first, redis)) : first;
  }

  /** A value that is replaced meanwhile is rejected by its HMAC. */
  async #readPieces(key: string, first: Buffer, redis: Redis): Promise<Buffer> {
    const end = this.clock.monotonic() + TRANSFER_MS;
    const pieces = [first];
    for (let last = first; isFull(last); pieces.push(last)) {
      if (pieces.length > MAX_PIECES) throw new TransferStopped();
      this.#stopAfter(end);
      last = await readPiece(redis, key, pieces.length);
    }
    return Buffer.concat(pieces);
  }

  async #writePieces(draft: string, value: Buffer, redis: Redis): Promise<void> {
    const end = this.clock.monotonic() + TRANSFER_MS;
    for (let from = 0; from < value.length; from += PIECE_BYTES) {
      this.#stopAfter(end);
      const piece = value.subarray(from, from + PIECE_BYTES);
      // APPEND to a draft that has expired would make a value without an end.
      await redis.run(
        (commands) => Promise.all([commands.append(draft, piece), commands.pexpire(draft, DRAFT_MS)]),
        draft,
      );
    }
  }

  async #transfer<T>(run: () => Promise<T>): Promise<T> {
    if (this.#transfers >= MAX_TRANSFERS) throw new TransferStopped();
    this.#transfers += 1;
    try {
      return await run();
    } finally {
      this.#transfers -= 1;
    }
  }

  #stopAfter(end: number): void {
    if (this.clock.monotonic() > end) throw new TransferStopped();
  }
}

/** A large value was not transferred as a whole. */
class TransferStopped extends Error {
  override readonly name = 'TransferStopped';
}

function readPiece(redis: Redis, key: string, index: number): Promise<Buffer> {
  const from = index * PIECE_BYTES;
  return redis.run((commands) => commands.getrangeBuffer(key, from, from + PIECE_BYTES - 1), key);
}

const isFull = (piece: Buffer) => piece.length === PIECE_BYTES;

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
