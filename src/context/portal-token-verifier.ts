import type { Secret } from '../secrets/secret';

/** Where a request came from. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
}

/** Finds out whether Hubster accepts a portal token that a caller brought (passthrough). */
export abstract class PortalTokenVerifier {
  /** Throws the `Problem` of a Hubster that did not say. */
  abstract isAccepted(token: Secret, origin: RequestOrigin): Promise<boolean>;
}
