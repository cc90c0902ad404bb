import { hash } from 'node:crypto';
import { Problem } from '../problems/problem';
import type { RedisConnection } from '../redis/redis-connection';
import {
  type Finality,
  type FoundTexts,
  IdempotencyStore,
  KEPT_MS,
  type KeyLocation,
  REFUSAL_KEPT_MS,
  type Texts,
} from './idempotency-store';
import { CLAIM, SWAP } from './redis-scripts';
import { tooManyKeys } from './too-many-keys';

/** Of one tenant, with half of it for one caller alone; most keys hold some 2 KiB. */
const MAX_BYTES = 512 * 1024 * 1024;

/** For replicas. Without Redis nobody can tell whether a key is in use elsewhere, so nothing is sent (S-760). */
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
    const mostMs = finality === 'refused' ? REFUSAL_KEPT_MS : KEPT_MS;
    const texts = [...from.map((text) => text ?? ''), ...(to ?? [])];
    return (await this.#eval(SWAP, location, mostMs, ...texts)) === 1;
  }

  #eval(script: string, location: KeyLocation, ...values: readonly (string | number)[]): Promise<unknown> {
    const names = namesOf(location);
    return this.redis.run((commands) => commands.eval(script, names.length, ...names, ...values)).catch(unavailable);
  }
}

/** How many bytes the caller and its tenant have, then where the key is kept. The tenant is the hash tag, as everywhere. */
function namesOf({ tenant, caller, ids }: KeyLocation): readonly string[] {
  const start = `stagedoor:{${tenant}}:idempotency`;
  const callerDigest = hash('sha256', caller, 'base64url').slice(0, 22);
  return [`${start}-bytes:${callerDigest}`, `${start}-bytes`, ...ids.map((id) => `${start}:${id}`)];
}

function unavailable(cause: unknown): never {
  throw new Problem('idempotency-unavailable', { cause });
}
