import type { RequestContext } from '../../context/request-context';
import type { Problem } from '../../problems/problem';

/** What a probe shows of a write whose own response was ambiguous (S-762, S-307, S-320). */
export type ProbeResult<T> =
  | { readonly kind: 'done'; readonly written: T }
  /** It was not done and will not be: something else is there. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** An integration that may be the one that was written, without proof (S-253). */
  | { readonly kind: 'candidate'; readonly integrationId: string }
  | {
      readonly kind: 'open';
      /** Everything is as it was before the write. */
      readonly isUntouched: boolean;
      /** Sending it again now would do no harm. */
      readonly mayRepeat: boolean;
    };

/** The result of a probe that failed. */
export const NOT_SEEN = { kind: 'open', isUntouched: false, mayRepeat: false } as const;

/** A mutation with a probe that finds out whether it was carried out. */
export interface ReconcilableWrite<T> {
  /** It may have been carried out before, so a probe comes before it is sent. */
  readonly isRepeat?: boolean;
  /** Sends it once. Throws `HubsterError`. */
  send(call: RequestContext): Promise<T>;
  /** Changes nothing. Throws `HubsterError`. */
  probe(call: RequestContext): Promise<ProbeResult<T>>;
}
