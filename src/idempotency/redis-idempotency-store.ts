import { Problem } from '../problems/problem';
import type { RedisConnection } from '../redis/redis-connection';
import { IdempotencyStore, KEPT_MS, type Place } from './idempotency-store';

/** Compares and sets in one step; the end stays what it was. */
const SWAP = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end
return 1`;

/** For replicas. Without Redis nobody can tell whether a key is in use elsewhere, so nothing is sent (S-760). */
export class RedisIdempotencyStore extends IdempotencyStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  override async claim(place: Place, text: string): Promise<string | undefined> {
    const found = await this.redis
      .run((commands) => commands.set(keyOf(place), text, 'PX', KEPT_MS, 'NX', 'GET'))
      .catch(unavailable);
    return found ?? undefined;
  }

  override async swap(place: Place, from: string, to: string | undefined): Promise<boolean> {
    const swapped = await this.redis
      .run((commands) => commands.eval(SWAP, 1, keyOf(place), from, to ?? ''))
      .catch(unavailable);
    return swapped === 1;
  }
}

/** The tenant is the hash tag, as everywhere. */
function keyOf({ tenant, id }: Place): string {
  return `stagedoor:{${tenant}}:idempotency:${id}`;
}

function unavailable(cause: unknown): never {
  throw new Problem('idempotency-unavailable', { cause });
}
