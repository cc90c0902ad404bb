import type { QuotaOwner } from '../context/quota-owner';

/** How long a key is kept, in milliseconds (S-760). */
export const KEPT_MS = 24 * 60 * 60 * 1000;
/** How long a refusal is kept, in milliseconds: nothing was changed, so running again does no harm. */
export const REFUSAL_KEPT_MS = 10 * 60 * 1000;
/** The longest text that is stored. What a tenant can fill is counted in texts of this length until they are final. */
export const MAX_TEXT_LENGTH = 16 * 1024;

/** Where the state of a key is kept: under one id for each `SECRET_KEY` that is known, so that every replica finds it. */
export interface KeyLocation extends QuotaOwner {
  /** Keyed digests of tenant, caller, route and key. */
  readonly ids: readonly string[];
}

/** One text for each id of a location. */
export type Texts = readonly string[];
/** What is there, id by id; undefined for nothing. */
export type FoundTexts = readonly (string | undefined)[];

/** A text that will not change any more; a refusal is kept for a shorter time. */
export type Finality = 'answered' | 'refused';

/** Keeps texts for 24 h from their first. Both operations are atomic over all ids; both throw `idempotency-unavailable`. */
export abstract class IdempotencyStore {
  /**
   * Puts `texts` where nothing is and resolves to undefined; otherwise changes nothing and resolves to what is there.
   * @throws {Problem} `rate-limited` when the caller or its tenant has used up its share: a key is never dropped early instead
   */
  abstract claim(location: KeyLocation, texts: Texts): Promise<FoundTexts | undefined>;

  /** Replaces `from` by `to` (undefined: by nothing), and tells whether it did: not when something else is there. */
  abstract swap(location: KeyLocation, from: FoundTexts, to: Texts | undefined, finality?: Finality): Promise<boolean>;
}
