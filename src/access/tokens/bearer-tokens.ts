import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import type { IssuerConfig } from '../../config/tenants/tenants-config';
import type { Scope } from '../../context/caller';
import type { RequestOrigin, Tenant } from '../../context/tenant';
import { Problem } from '../../problems/problem';
import { CoordinationRedis } from '../../redis/coordination-redis';
import type { Secret } from '../../secrets/secret';
import { Directory, type Principal } from '../directory';
import { AddressLimit } from '../limits/address-limit';
import { claimedIssuer, PortalTokens, portalTokenFormat } from './portal-tokens';
import { type TokenClaims, TokenVerifier } from './token-verifier';

/** Bad signatures that are checked for an address: each takes 80 to 150 µs of CPU time (measured). */
const BAD_SIGNATURES = { perMinute: 600, burst: 60 };

/** The token of the URL of Hubster Identity. */
export const IDENTITY_URL = Symbol('IDENTITY_URL');

/** Identifies bearer tokens that are not API keys: tokens of configured issuers and, if passthrough is on, portal tokens. */
@Injectable()
export class BearerTokens {
  readonly #badSignatures: AddressLimit;
  readonly #isPortalToken: (token: Secret) => boolean;

  constructor(
    private readonly directory: Directory,
    @Inject(TokenVerifier) private readonly verifier: Pick<TokenVerifier, 'verify'>,
    private readonly portalTokens: PortalTokens,
    @Inject(IDENTITY_URL) identityUrl: URL,
    clock: Clock,
    redis: CoordinationRedis,
  ) {
    this.#isPortalToken = portalTokenFormat(identityUrl);
    this.#badSignatures = new AddressLimit('bad-signatures', BAD_SIGNATURES, clock, redis);
  }

  /** Rejects with `unauthenticated`, or `rate-limited`. `hash` is the SHA-256 by which an accepted token is remembered. */
  async identify(token: Secret, hash: string, origin: RequestOrigin): Promise<Principal> {
    const { index } = this.directory;
    const issuer = index.issuers.get(claimedIssuer(token) ?? '');
    if (!issuer) {
      if (!index.passthrough || !this.#isPortalToken(token)) throw new Problem('unauthenticated');
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

/** The principal of a verified token; undefined if its tenant does not exist or its issuer may not assert it. */
function tokenPrincipal(
  { subject, tenant: id, scopes, rememberUntil }: TokenClaims,
  issuer: IssuerConfig<Scope>,
  tenants: ReadonlyMap<string, Tenant>,
): Principal | undefined {
  const tenant = issuer.tenants === '*' || issuer.tenants.has(id) ? tenants.get(id) : undefined;
  if (!tenant) return undefined;
  return {
    caller: {
      id: `${issuer.issuer}#${subject}`,
      scopes: new Set([...issuer.scopes].filter((scope) => scopes.has(scope))),
    },
    tenants: new Set([id]),
    soleTenant: tenant,
    expiresAt: rememberUntil,
  };
}
