import type { Clock } from '../../clock/clock';
import type { RequestOrigin } from '../../context/portal-token-verifier';
import { Problem } from '../../problems/problem';
import type { Secret } from '../../secrets/secret';
import type { Directory } from '../directory';
import { AddressLimit } from '../limits/address-limit';
import type { Principal } from '../principal';
import { claimedIssuer } from './claimed-issuer';
import type { PortalTokens } from './portal-tokens';
import { tokenPrincipal } from './token-principal';
import type { TokenVerifier } from './token-verifier';

/** Bad signatures that are checked for an address: each takes 80 to 150 µs of CPU time (measured). */
const BAD_SIGNATURES = { perMinute: 600, burst: 60 };

/** Identifies bearer tokens that are not API keys: tokens of configured issuers and, if passthrough is on, portal tokens. */
export class BearerTokens {
  readonly #badSignatures: AddressLimit;

  constructor(
    private readonly directory: Directory,
    private readonly verifier: Pick<TokenVerifier, 'verify'>,
    private readonly portalTokens: PortalTokens,
    private readonly isPortalToken: (token: Secret) => boolean,
    clock: Clock,
  ) {
    this.#badSignatures = new AddressLimit(clock, BAD_SIGNATURES);
  }

  /** Rejects with `unauthenticated`, or `rate-limited`. `hash` is the SHA-256 by which an accepted token is remembered. */
  async identify(token: Secret, hash: string, origin: RequestOrigin): Promise<Principal> {
    const { index } = this.directory;
    const issuer = index.issuers.get(claimedIssuer(token) ?? '');
    if (!issuer) {
      if (!index.passthrough || !this.isPortalToken(token)) throw new Problem('unauthenticated');
      return this.portalTokens.identify(token, hash, origin);
    }
    // A token that was good before is not rejected because of other bad tokens from its address.
    const limited = index.verified.has(hash) ? undefined : this.#badSignatures.take(origin.address);
    if (limited) throw limited;
    const claims = await this.verifier.verify(token, issuer);
    if (claims) this.#badSignatures.giveBack(origin.address);
    // The tenants file was replaced meanwhile, so its rules no longer apply.
    if (this.directory.index !== index) return this.identify(token, hash, origin);
    const principal = claims && tokenPrincipal(claims, issuer, index.tenants);
    if (!principal) throw new Problem('unauthenticated');
    index.verified.set(hash, principal);
    return principal;
  }
}
