import { createHash } from 'node:crypto';
import type { Clock } from '../clock/clock';
import type { Span } from '../context/span';
import { TenantLru } from '../context/tenant-lru';
import { Secret } from '../secrets/secret';

/** The block size of SHA-256. HMAC replaces a longer key by its digest (RFC 2104, section 2). */
const BLOCK_BYTES = 64;
const MAX_NAME_LENGTH = 128;

/** How long a key stays valid after `regenerateKeys`, in milliseconds: Hubster repeats a webhook for 30 minutes. */
export const RETIRED_FOR_MS = 45 * 60 * 1000;
/** Less than 1 KB each. */
const MAX_KEYS = 10_000;

/** The HMAC key of a private key, in base64: at most 64 bytes, whatever the length of the private key. */
export function hmacKeyOf(privateKey: Secret): Secret {
  const text = privateKey.reveal();
  const isShort = Buffer.byteLength(text) <= BLOCK_BYTES;
  return Secret.of(isShort ? Buffer.from(text).toString('base64') : createHash('sha256').update(text).digest('base64'));
}

/** The name of a key pair; a long name is replaced by its digest. */
export function keyNameOf(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : createHash('sha256').update(name).digest('base64url');
}

/** Identifies a key; `name` is its public part. */
export interface RetiredKeyLocation {
  readonly tenant: string;
  readonly integrationId: string;
  readonly name: string;
  /** Of the request; no part of the location. */
  readonly span?: Span | undefined;
}

/** The current key before a rotation through Stagedoor. */
export interface RetiringKey {
  readonly hubId: string;
  readonly privateKey: Secret;
}

/** The stored part of a `RetiringKey`. */
export interface RetiredKey {
  readonly hubId: string;
  /** See `hmacKeyOf`. */
  readonly hmacKey: Secret;
}

/** Stores keys for 45 minutes after their rotation. */
export abstract class RetiredKeys {
  /** Never rejects, so that a write does not fail when its previous key cannot be stored. */
  abstract keep(location: RetiredKeyLocation, key: RetiringKey): Promise<void>;

  /** Undefined for an unknown or expired key. Never rejects. */
  abstract find(location: RetiredKeyLocation): Promise<RetiredKey | undefined>;
}

/** In the memory of this process. */
export class MemoryRetiredKeys extends RetiredKeys {
  readonly #keys = new TenantLru<{ readonly key: RetiredKey; readonly expiresAt: number }>(MAX_KEYS);

  constructor(private readonly clock: Clock) {
    super();
  }

  async keep(location: RetiredKeyLocation, { hubId, privateKey }: RetiringKey): Promise<void> {
    const key = { hubId, hmacKey: hmacKeyOf(privateKey) };
    this.#keys.set(location.tenant, idOf(location), { key, expiresAt: this.clock.monotonic() + RETIRED_FOR_MS });
  }

  async find(location: RetiredKeyLocation): Promise<RetiredKey | undefined> {
    const kept = this.#keys.get(location.tenant, idOf(location));
    return kept && this.clock.monotonic() < kept.expiresAt ? kept.key : undefined;
  }
}

function idOf({ integrationId, name }: RetiredKeyLocation): string {
  return JSON.stringify([integrationId, keyNameOf(name)]);
}
