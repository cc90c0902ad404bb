import type { RequestContext } from '../../context/request-context';
import type { Problem } from '../../problems/problem';

/** What a probe at Hubster tells of a write whose own answer did not (S-762, S-307, S-320). */
export type ProbeResult<T> =
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

/** What a failed probe tells. */
export const NOT_SEEN = { kind: 'open', isUntouched: false, mayRepeat: false } as const;

/** A mutation, and how to find out whether it was carried out. */
export interface ReconcilableWrite<T> {
  /** It may have been carried out before, so it is looked at before it is sent. */
  readonly isRepeat?: boolean;
  /** Sends it once. Throws `HubsterError`. */
  send(call: RequestContext): Promise<T>;
  /** Changes nothing. Throws `HubsterError`. */
  probe(call: RequestContext): Promise<ProbeResult<T>>;
}
