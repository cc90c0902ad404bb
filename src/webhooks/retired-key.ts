import type { Secret } from '../secrets/secret';

/** How long a key stays valid after `regenerateKeys`, in milliseconds: Hubster repeats a webhook for 30 minutes (design 8). */
export const RETIRED_FOR_MS = 45 * 60 * 1000;

/** Hubster's keys have fewer than 100 characters. */
const MAX_KEY_LENGTH = 1024;

/** Which key: `name` is its public part. */
export interface KeyPlace {
  readonly tenant: string;
  readonly integrationId: string;
  readonly name: string;
}

/** A key that was current before a rotation through Stagedoor. */
export interface RetiredKey {
  readonly hubId: string;
  readonly privateKey: Secret;
}

/** What is longer than any key of Hubster's is not kept, so that keys stay small wherever they are. */
export function isTooLong({ privateKey }: RetiredKey): boolean {
  return privateKey.reveal().length > MAX_KEY_LENGTH;
}
