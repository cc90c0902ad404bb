import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { keyHash } from '../config/key-hash';
import type { Caller } from '../context/caller';
import type { RequestOrigin } from '../context/portal-token-verifier';
import type { Scope } from '../context/scope';
import type { Tenant } from '../context/tenant';
import { Problem } from '../problems/problem';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { Secret } from '../secrets/secret';
import { credentialsOf, type RequestHeaders } from './credentials';
import { Directory } from './directory';
import type { Principal } from './principal';
import { BearerTokens } from './tokens/bearer-tokens';
import { passthroughPrincipal } from './tokens/passthrough-token';

/** A request that may go on. */
export interface AuthContext {
  readonly caller: Caller;
  readonly tenant: Tenant;
}

/** Who calls, for which tenant, and whether it may: one hash and three look-ups, but for a token seen for the first time. */
@Injectable()
export class Access {
  constructor(
    private readonly directory: Directory,
    private readonly bearerTokens: BearerTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * At once, or as a promise where a token has to be verified. Throws, or rejects with, `unauthenticated`; `rate-limited` where
   * the address has sent too many bad tokens; or the problem of a Hubster that did not say whether a portal token is good.
   */
  identify(request: RequestHeaders, origin: RequestOrigin): Principal | Promise<Principal> {
    const { presented, isBearer } = credentialsOf(request);
    const hash = keyHash(presented.reveal());
    const known = this.#known(presented, hash, isBearer);
    if (known) return known;
    // A key that has ended is nothing else now, so that passthrough never carries it to Hubster.
    if (this.directory.principalOf(hash) || !isBearer) throw new Problem('unauthenticated');
    return this.bearerTokens.identify(presented, hash, origin);
  }

  /**
   * Checks credentials (401), then the tenant (400 `tenant-required`, 403), then the scope (403), in this order.
   * `any`: a route for every caller. At once: who is not known yet, as only `identify` can tell, is refused.
   */
  admit(request: RequestHeaders, scope: Scope | 'any'): AuthContext {
    const { presented, isBearer } = credentialsOf(request);
    const principal = this.#known(presented, keyHash(presented.reveal()), isBearer);
    if (!principal) throw new Problem('unauthenticated');
    return this.authorise(principal, request, scope);
  }

  /** Tenant and scope of one who is known. */
  authorise(principal: Principal, request: RequestHeaders, scope: Scope | 'any'): AuthContext {
    const tenant = this.tenantOf(principal, request);
    if (!tenant) {
      if (!request.headers['x-tenant-id']) throw new Problem('tenant-required');
      throw new Problem('forbidden', { detail: 'The caller may not act for this tenant.' });
    }
    this.requireScope(principal.caller, scope);
    return { caller: principal.caller, tenant };
  }

  /** Throws `forbidden`. */
  requireScope({ scopes }: Caller, scope: Scope | 'any'): void {
    if (scope === 'any' || scopes.has(scope)) return;
    throw new Problem('forbidden', { detail: `The caller lacks the scope ${scope}.` });
  }

  /**
   * The tenant that a request is for. `X-Tenant-Id` counts only from a caller that may use that tenant (S-759); whether others
   * exist is not told.
   */
  tenantOf(principal: Principal, { headers }: RequestHeaders): Tenant | undefined {
    const named = headers['x-tenant-id'];
    if (!named) return principal.soleTenant;
    const id = String(named);
    return principal.tenants === '*' || principal.tenants.has(id) ? this.directory.tenant(id) : undefined;
  }

  /** Hubster refuses a portal token that it has accepted before: whoever brings it is a stranger again. */
  forgetPortalToken(request: RequestHeaders): void {
    this.directory.index.accepted.delete(keyHash(credentialsOf(request).presented.reveal()));
  }

  /** The tenant as the tenants file has it now; undefined where that has it no more. One with a token of its own is in no file. */
  current(tenant: Tenant): Tenant | undefined {
    return 'portalToken' in tenant.credentials ? tenant : this.directory.tenant(tenant.id);
  }

  /** By key or by a token verified before. An expired key is told from an unknown one by nobody. */
  #known(presented: Secret, hash: string, isBearer: boolean): Principal | undefined {
    const { verified, accepted } = this.directory.index;
    const passthrough = (id: string | undefined) =>
      id === undefined ? undefined : passthroughPrincipal(id, presented);
    const tokenPrincipal = () => verified.get(hash) ?? passthrough(accepted.get(hash));
    const principal = this.directory.principalOf(hash) ?? (isBearer ? tokenPrincipal() : undefined);
    if (!principal || principal.expiresAt <= this.clock.now()) return undefined;
    // Only what is known to be a credential: a stranger must not choose which words the log is cleaned of.
    KNOWN_SECRETS.remember('presented', presented);
    return principal;
  }
}
