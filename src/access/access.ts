import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { keyHash } from '../config/key-hash';
import type { Caller } from '../context/caller';
import type { Scope } from '../context/scope';
import type { Tenant } from '../context/tenant';
import { Problem } from '../problems/problem';
import { credentialsOf, type RequestHeaders } from './credentials';
import { Directory, type Grant } from './directory';

/** A request that may go on. */
export interface Admission {
  readonly caller: Caller;
  readonly tenant: Tenant;
}

/** Who calls, for which tenant, and whether it may. Synchronous: one hash and three look-ups a request. */
@Injectable()
export class Access {
  constructor(
    private readonly directory: Directory,
    private readonly clock: Clock,
  ) {}

  /** Throws `unauthenticated`: an expired key is told from an unknown one by nobody. */
  identify(request: RequestHeaders): Grant {
    const grant = this.directory.grantOf(keyHash(credentialsOf(request).reveal()));
    if (!grant || grant.expiresAt <= this.clock.now()) throw new Problem('unauthenticated');
    return grant;
  }

  /**
   * Checks credentials (401), then the tenant (400 `tenant-required`, 403), then the scope (403), in this order
   * (design 2.3). `any`: a route for every caller.
   */
  admit(request: RequestHeaders, scope: Scope | 'any'): Admission {
    const grant = this.identify(request);
    const tenant = this.#tenantOf(grant, request.headers['x-tenant-id']);
    if (scope !== 'any' && !grant.caller.scopes.has(scope)) {
      throw new Problem('forbidden', { detail: `The caller lacks the scope ${scope}.` });
    }
    return { caller: grant.caller, tenant };
  }

  /** `X-Tenant-Id` counts only from a caller that may use that tenant (S-759). Whether others exist is not told. */
  #tenantOf(grant: Grant, named: string | string[] | undefined): Tenant {
    if (!named) {
      if (!grant.soleTenant) throw new Problem('tenant-required');
      return grant.soleTenant;
    }
    const id = String(named);
    const tenant = grant.tenants === '*' || grant.tenants.has(id) ? this.directory.tenant(id) : undefined;
    if (!tenant) throw new Problem('forbidden', { detail: 'The caller may not act for this tenant.' });
    return tenant;
  }
}
