import type { Secret } from '../secrets/secret';

/** How long a key stays valid after `regenerateKeys`, in milliseconds: Hubster repeats a webhook for 30 minutes. */
export const RETIRED_FOR_MS = 45 * 60 * 1000;

/** Which key: `name` is its public part. */
export interface RetiredKeyLocation {
  readonly tenant: string;
  readonly integrationId: string;
  readonly name: string;
}

/** A key that was current before a rotation through Stagedoor. */
export interface RetiringKey {
  readonly hubId: string;
  readonly privateKey: Secret;
}

/** What is kept of it. */
export interface RetiredKey {
  readonly hubId: string;
  /** See `hmacKeyOf`. */
  readonly hmacKey: Secret;
}
