import type { SandboxRequest } from '../sandbox-http';
import type { FaultEffect } from './fault-effect';

/** Which requests a fault hits; an absent member matches all. */
export interface FaultMatch {
  readonly method?: string;
  /** Tested on the path without the query. */
  readonly path?: RegExp;
  readonly tenant?: string;
  /** Tested on the raw body. */
  readonly body?: RegExp;
}

/** A scripted fault. */
export interface Fault {
  readonly id: string;
  readonly match: FaultMatch;
  /** How often it hits; 0: without limit. */
  readonly times: number;
  /** In [0, 1); a matching request is hit if it is less than `probability`. */
  readonly random: () => number;
  readonly probability: number;
  readonly effect: FaultEffect;
}

export function matches(match: FaultMatch, { method, path, body }: SandboxRequest, tenant: string | null): boolean {
  return (
    (match.method === undefined || match.method === method) &&
    (match.path === undefined || match.path.test(path)) &&
    (match.tenant === undefined || match.tenant === tenant) &&
    (match.body === undefined || match.body.test(body))
  );
}
