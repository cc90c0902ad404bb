import type { Secret } from '../secrets/secret';

/** The caller's address and the id of its request. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
}

/** Checks at Hubster whether a passthrough token is valid. */
export abstract class PortalTokenVerifier {
  /** @throws {Problem} when Hubster gives no clear response */
  abstract isAccepted(token: Secret, origin: RequestOrigin): Promise<boolean>;
}
