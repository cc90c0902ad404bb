/** How long a key is kept, in milliseconds (S-760). */
export const KEPT_MS = 24 * 60 * 60 * 1000;

/** Where a key's state is kept. */
export interface Place {
  readonly tenant: string;
  /** A digest of caller, route and key. */
  readonly id: string;
}

/** Keeps one text a place, for 24 h from its first. Both operations are atomic; both throw `idempotency-unavailable`. */
export abstract class IdempotencyStore {
  /** Puts `text` where nothing is and resolves to undefined; otherwise changes nothing and resolves to what is there. */
  abstract claim(place: Place, text: string): Promise<string | undefined>;

  /** Replaces `from` by `to` (undefined: by nothing), and tells whether it did: not when something else is there. */
  abstract swap(place: Place, from: string, to: string | undefined): Promise<boolean>;
}
