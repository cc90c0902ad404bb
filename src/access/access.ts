import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock';
import type { Caller, Scope } from '../context/caller';
import type { RequestOrigin, Tenant } from '../context/tenant';
import { Problem } from '../problems/problem';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { Secret } from '../secrets/secret';
import { keyHash } from './api-key';
import { Directory, type Principal } from './directory';
import { BearerTokens } from './tokens/bearer-tokens';
import { passthroughPrincipal } from './tokens/portal-tokens';

/** Of tenants in one response. */
const MAX_NAMES = 1000;
const MAX_CREDENTIAL_LENGTH = 16 * 1024;
const CREDENTIAL = /^[\x21-\x7e]+$/;
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/** A caller and a tenant that it may act for, with the scope that the route requires. */
export interface AuthContext {
  readonly caller: Caller;
  readonly tenant: Tenant;
}

/**
 * The headers of a request. `rawHeaders` too, as Node keeps the first of several `Authorization` lines and silently drops the
 * rest, such as one that a proxy appends. Node joins other repeated headers with commas.
 */
export type RequestHeaders = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/** Authenticates and authorises requests: one hash and three look-ups, except for a token seen for the first time. */
@Injectable()
export class Access {
  constructor(
    private readonly directory: Directory,
    private readonly bearerTokens: BearerTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns a promise only if a token has to be verified. Throws, or rejects with, `unauthenticated`; `rate-limited` if the
   * address has sent too many bad tokens; or the problem of the call to Hubster that could not check a portal token.
   */
  identify(request: RequestHeaders, origin: RequestOrigin): Principal | Promise<Principal> {
    const { presented, isBearer } = credentialsOf(request);
    const hash = keyHash(presented.reveal());
    const known = this.#knownPrincipal(presented, hash, isBearer);
    if (known) return known;
    // An expired key is not a portal token, so passthrough never sends it to Hubster.
    if (this.directory.principalOf(hash) || !isBearer) throw new Problem('unauthenticated');
    return this.bearerTokens.identify(presented, hash, origin);
  }

  /** Checks the tenant (400 `tenant-required`, 403) and then the scope (403) of an authenticated caller; `tenant`: see `tenantOf`; `any`: a route for every caller. */
  authorise(
    caller: Caller,
    tenant: Tenant | undefined,
    { headers }: RequestHeaders,
    scope: Scope | 'any',
  ): AuthContext {
    if (!tenant) {
      if (!headers['x-tenant-id']) throw new Problem('tenant-required');
      throw new Problem('forbidden', { detail: 'The caller may not act for this tenant.' });
    }
    requireScope(caller, scope);
    return { caller, tenant };
  }

  /** The same on a route that needs no tenant: a request that names none has none, unless its caller has only one. */
  authoriseWithoutTenant(
    caller: Caller,
    tenant: Tenant | undefined,
    request: RequestHeaders,
    scope: Scope | 'any',
  ): { readonly caller: Caller; readonly tenant: Tenant | undefined } {
    if (tenant || request.headers['x-tenant-id']) return this.authorise(caller, tenant, request, scope);
    requireScope(caller, scope);
    return { caller, tenant };
  }

  /** Ids of tenants that a principal may name in `X-Tenant-Id`, in the order of the tenants file: a thousand at the most. */
  namesOf(tenants: Principal['tenants']): readonly string[] {
    const ids = tenants === '*' ? this.directory.index.tenants.keys() : tenants.values();
    const names: string[] = [];
    for (const id of ids) {
      if (names.length === MAX_NAMES) break;
      names.push(id);
    }
    return names;
  }

  /**
   * The tenant of a request. `X-Tenant-Id` counts only from a caller that may use that tenant (S-759); the response does not reveal
   * whether other tenants exist.
   */
  tenantOf(principal: Principal, { headers }: RequestHeaders): Tenant | undefined {
    const named = headers['x-tenant-id'];
    if (!named) return principal.soleTenant;
    const id = String(named);
    return principal.tenants === '*' || principal.tenants.has(id) ? this.directory.tenant(id) : undefined;
  }

  /** Call it when Hubster rejects a portal token that it accepted before: its bearer is anonymous again. */
  forgetPortalToken(request: RequestHeaders): void {
    this.directory.index.accepted.delete(keyHash(credentialsOf(request).presented.reveal()));
  }

  /** The tenant in the current tenants file, or undefined. The tenant of a passthrough token, which is in no file, stays as it is. */
  current(tenant: Tenant): Tenant | undefined {
    return 'portalToken' in tenant.credentials ? tenant : this.directory.tenant(tenant.id);
  }

  /** The principal of a key or a verified token. Callers cannot distinguish an expired key from an unknown one. */
  #knownPrincipal(presented: Secret, hash: string, isBearer: boolean): Principal | undefined {
    const { verified, accepted } = this.directory.index;
    const passthrough = (id: string | undefined) =>
      id === undefined ? undefined : passthroughPrincipal(id, presented);
    const tokenPrincipal = () => verified.get(hash) ?? passthrough(accepted.get(hash));
    const principal = this.directory.principalOf(hash) ?? (isBearer ? tokenPrincipal() : undefined);
    if (!principal || principal.expiresAt <= this.clock.now()) return undefined;
    // Only accepted credentials: an anonymous caller must not choose the words that the log redacts.
    KNOWN_SECRETS.remember('presented', presented);
    return principal;
  }
}

/** The credentials that a request presents. */
interface Credentials {
  readonly presented: Secret;
  /** Whether it was sent as a bearer token; tokens are not accepted as `X-API-Key`. */
  readonly isBearer: boolean;
}

/**
 * The credentials in `Authorization: Bearer …` (RFC 6750) or `X-API-Key`; a request may have both if they are equal. Throws
 * `unauthenticated` for missing, malformed, repeated or different ones. The response gives no reason, as it would help attackers.
 */
export function credentialsOf({ headers, rawHeaders }: RequestHeaders): Credentials {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (repeats(rawHeaders, 'authorization')) throw new Problem('unauthenticated');
  const bearer = authorization !== undefined && isShort(authorization) ? BEARER.exec(authorization)?.[1] : undefined;
  const key = typeof apiKey === 'string' && isShort(apiKey) && CREDENTIAL.test(apiKey) ? apiKey : undefined;
  const isBad = (authorization !== undefined && !bearer) || (apiKey !== undefined && !key);
  const presented = bearer ?? key;
  if (isBad || presented === undefined || (key ?? presented) !== presented) throw new Problem('unauthenticated');
  return { presented: Secret.of(presented), isBearer: bearer !== undefined };
}

function requireScope({ scopes }: Caller, scope: Scope | 'any'): void {
  if (scope !== 'any' && !scopes.has(scope)) {
    throw new Problem('forbidden', { detail: `The caller lacks the scope ${scope}.` });
  }
}

const isShort = (value: string): boolean => value.length <= MAX_CREDENTIAL_LENGTH;

/** Whether the header is repeated; `rawHeaders` alternates names and values. */
function repeats(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
