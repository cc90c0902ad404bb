import type { QuotaOwner } from '../context/quota';
import type { Span } from '../context/span';
import { Problem } from '../problems/problem';

/** How long a key is kept, in milliseconds (S-760). */
export const KEPT_MS = 24 * 60 * 60 * 1000;
/** How long a rejection is kept, in milliseconds: it had no effect, so running again does no harm. */
export const REJECTION_KEPT_MS = 10 * 60 * 1000;
/** The longest stored text. In memory, a text that is not final counts as one of this length. */
export const MAX_TEXT_LENGTH = 16 * 1024;
/** Keys expire one by one, so the time at which the next one is free is unknown; once a minute is often enough to try. */
const RETRY_AFTER_SECONDS = 60;

/** The location of a key's state: one id for each configured `SECRET_KEY`, so that every replica finds it. */
export interface KeyLocation extends QuotaOwner {
  /** Keyed digests of tenant, caller, route and key. */
  readonly ids: readonly string[];
  /** Of the request; no part of the location. */
  readonly span?: Span | undefined;
}

/** One text for each id of a location. */
export type Texts = readonly string[];
/** The stored text of each id; undefined where there is none. */
export type FoundTexts = readonly (string | undefined)[];

/** Of a text that will not change any more; a rejection is kept for a shorter time. */
export type Finality = 'completed' | 'rejected';

/** Keeps texts for 24 h from the first one. Both operations are atomic over all ids and throw `idempotency-unavailable`. */
export abstract class IdempotencyStore {
  /** Whether replicas share it, which may use another `SECRET_KEY` during a rotation. */
  abstract readonly isShared: boolean;

  /**
   * Stores `texts` where no id has a text, and resolves to undefined; otherwise changes nothing and resolves to the stored texts.
   * @throws {Problem} `rate-limited` when the caller or its tenant has used its quota, as no key is evicted early
   */
  abstract claim(location: KeyLocation, texts: Texts): Promise<FoundTexts | undefined>;

  /** Replaces `from` by `to` (undefined: deletes it). Resolves to false, without a change, when the stored texts are others. */
  abstract swap(location: KeyLocation, from: FoundTexts, to: Texts | undefined, finality?: Finality): Promise<boolean>;
}

/** The caller or its tenant has used its quota. */
export function tooManyKeys(): Problem {
  return new Problem('rate-limited', {
    detail: 'This caller or its tenant has too many Idempotency-Keys; each is kept for 24 hours. Nothing was sent.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
