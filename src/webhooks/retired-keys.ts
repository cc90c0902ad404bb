import type { Secret } from '../secrets/secret';

/** How long a key stays valid after `regenerateKeys`, in milliseconds: Hubster repeats a webhook for 30 minutes. */
export const RETIRED_FOR_MS = 45 * 60 * 1000;

/** Identifies a key; `name` is its public part. */
export interface RetiredKeyLocation {
  readonly tenant: string;
  readonly integrationId: string;
  readonly name: string;
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
