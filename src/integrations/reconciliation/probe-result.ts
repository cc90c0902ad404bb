import type { RequestContext } from '../../context/request-context';
import type { Problem } from '../../problems/problem';

/** What a look at Hubster tells of a write whose own answer did not (S-762, S-307, S-320). */
export type Sighting<T> =
  | { readonly kind: 'done'; readonly written: T }
  /** It was not done and will not be: something else is there. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** Something that may be what was written, and nothing that proves it (S-253). */
  | { readonly kind: 'candidate'; readonly integrationId: string }
  | {
      readonly kind: 'open';
      /** All is as it was before the write. */
      readonly isUntouched: boolean;
      /** Whether sending it again now could do no harm. */
      readonly mayRepeat: boolean;
    };

/** What a failed look tells. */
export const UNSEEN = { kind: 'open', isUntouched: false, mayRepeat: false } as const;

/** A mutation, and how to find out whether it was carried out. */
export interface SettledWrite<T> {
  /** It may have been carried out before, so it is looked at before it is sent. */
  readonly isRepeat?: boolean;
  /** Sends it once. Throws `HubsterFailure`. */
  send(call: RequestContext): Promise<T>;
  /** Changes nothing. Throws `HubsterFailure`. */
  look(call: RequestContext): Promise<Sighting<T>>;
}
