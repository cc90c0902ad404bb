import { hash } from 'node:crypto';
import { Problem } from '../problems/problem';
import type { RedisConnection } from '../redis/redis-connection';
import {
  type Finality,
  type FoundTexts,
  IdempotencyStore,
  KEPT_MS,
  type KeyLocation,
  REJECTION_KEPT_MS,
  type Texts,
  tooManyKeys,
} from './idempotency-store';
import { CLAIM, SWAP } from './redis-scripts';

/** Of one tenant; a single caller gets half. A key typically has 2 KiB. */
const MAX_BYTES = 512 * 1024 * 1024;

/** For replicas. During an outage of Redis a key may be in use at another replica, so nothing is sent (S-760). */
export class RedisIdempotencyStore extends IdempotencyStore {
  constructor(
    private readonly redis: RedisConnection,
    private readonly maxBytes = MAX_BYTES,
  ) {
    super();
  }

  override async claim(location: KeyLocation, texts: Texts): Promise<FoundTexts | undefined> {
    const reply = await this.#eval(CLAIM, location, KEPT_MS, this.maxBytes, ...texts);
    if (reply === 'claimed') return undefined;
    if (reply === 'too-many') throw tooManyKeys();
    if (!Array.isArray(reply)) throw new Problem('idempotency-unavailable');
    return reply.map((text: unknown) => (typeof text === 'string' ? text : undefined));
  }

  override async swap(
    location: KeyLocation,
    from: FoundTexts,
    to: Texts | undefined,
    finality?: Finality,
  ): Promise<boolean> {
    const maxMs = finality === 'rejected' ? REJECTION_KEPT_MS : KEPT_MS;
    const texts = [...from.map((text) => text ?? ''), ...(to ?? [])];
    return (await this.#eval(SWAP, location, maxMs, ...texts)) === 1;
  }

  #eval(script: string, location: KeyLocation, ...values: readonly (string | number)[]): Promise<unknown> {
    const names = namesOf(location);
    return this.redis.run((commands) => commands.eval(script, names.length, ...names, ...values)).catch(unavailable);
  }
}

/** The names of the two byte counts (of the caller and of its tenant), then of the texts. The tenant is the hash tag. */
function namesOf({ tenant, caller, ids }: KeyLocation): readonly string[] {
  const prefix = `stagedoor:{${tenant}}:idempotency`;
  const callerDigest = hash('sha256', caller, 'base64url').slice(0, 22);
  return [`${prefix}-bytes:${callerDigest}`, `${prefix}-bytes`, ...ids.map((id) => `${prefix}:${id}`)];
}

function unavailable(cause: unknown): never {
  throw new Problem('idempotency-unavailable', { cause });
}
