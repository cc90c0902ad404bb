import { Injectable } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import type { Scope } from '../../context/caller';
import { PortalTokenVerifier, type RequestOrigin } from '../../context/tenant';
import { Problem } from '../../problems/problem';
import { CoordinationRedis } from '../../redis/coordination-redis';
import type { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { Directory, type Principal } from '../directory';
import { AddressLimit } from '../limits/address-limit';

/** Calls to Hubster for invalid tokens of one address. */
const PROBES = { perMinute: 60, burst: 60 };
/** Accepted tokens of one address that are new: each costs a read and has a limit of its own. */
const NEW_TOKENS = { perMinute: 300, burst: 300 };
/** A repeated rejected token causes no second probe within this time. */
const REJECTED_FOR_MS = 5000;
const MAX_REJECTED = 1000;

const SCOPES: ReadonlySet<Scope> = new Set<Scope>(['integrations:read', 'integrations:write']);
const CALLER = { id: 'passthrough', scopes: SCOPES };
const REQUESTS_PER_MINUTE = 600;
/** The start of API keys: such a bearer is an unknown key, never a portal token. */
const API_KEY_PREFIX = 'sd_';
/** RFC 6750, 2.1 (b64token), with the same limit of length as for tokens from Hubster Identity. */
const OPAQUE_TOKEN = /^[\w.~+/-]{1,8192}=*$/;
const MAX_TOKEN_LENGTH = 8192;

/**
 * Portal tokens of callers (passthrough). Anybody can make one up, so its bearer is anonymous until Hubster has accepted it: one probe,
 * before anything is counted, cached or recorded for it. Accepted tokens are remembered.
 */
@Injectable()
export class PortalTokens {
  /** By the SHA-256 of the token, as all maps here. */
  readonly #flights = new Map<string, Promise<Principal>>();
  readonly #rejectedUntil = new LRUCache<string, number>({ max: MAX_REJECTED });
  readonly #probes: AddressLimit;
  readonly #newTokens: AddressLimit;

  constructor(
    private readonly directory: Directory,
    private readonly verifier: PortalTokenVerifier,
    private readonly keys: SecretKeys,
    private readonly clock: Clock,
    redis: CoordinationRedis,
  ) {
    this.#probes = new AddressLimit('portal-token-probes', PROBES, clock, redis);
    this.#newTokens = new AddressLimit('new-portal-tokens', NEW_TOKENS, clock, redis);
  }

  /** Single flight by token. Rejects with a `Problem`. */
  identify(token: Secret, hash: string, origin: RequestOrigin): Promise<Principal> {
    const known = this.#flights.get(hash);
    if (known !== undefined) return known;
    const flight = this.#verify(token, hash, origin).finally(() => this.#flights.delete(hash));
    this.#flights.set(hash, flight);
    return flight;
  }

  async #verify(token: Secret, hash: string, origin: RequestOrigin): Promise<Principal> {
    const { accepted } = this.directory.index;
    if (this.clock.monotonic() < (this.#rejectedUntil.get(hash) ?? 0)) throw new Problem('unauthenticated');
    take(this.#newTokens, origin);
    let isAccepted = false;
    try {
      isAccepted = await this.#isAccepted(token, origin);
    } finally {
      if (!isAccepted) this.#newTokens.giveBack(origin.address);
    }
    if (!isAccepted) {
      this.#rejectedUntil.set(hash, this.clock.monotonic() + REJECTED_FOR_MS);
      throw new Problem('unauthenticated');
    }
    const id = passthroughTenantId(token, this.keys);
    accepted.set(hash, id);
    return passthroughPrincipal(id, token);
  }

  async #isAccepted(token: Secret, origin: RequestOrigin): Promise<boolean> {
    take(this.#probes, origin);
    const isAccepted = await this.verifier.isAccepted(token, origin);
    if (isAccepted) this.#probes.giveBack(origin.address);
    return isAccepted;
  }
}

/** Call it before the call to Hubster, so that calls in progress count too. Throws `rate-limited`. */
function take(limit: AddressLimit, { address }: RequestOrigin): void {
  const limited = limit.take(address);
  if (limited) throw limited;
}

/**
 * The tenant id of a caller whose portal token Hubster has accepted: a keyed hash of the token, so that it has a cache, limits, breakers and
 * locks of its own. The colon distinguishes it from all ids of the tenants file.
 */
function passthroughTenantId(portalToken: Secret, keys: SecretKeys): string {
  return `own:${keys.mac('passthrough', portalToken.reveal()).toString('hex').slice(0, 32)}`;
}

/** Made for each request from the token in it, so that no token has to be kept. */
export function passthroughPrincipal(id: string, portalToken: Secret): Principal {
  return {
    caller: CALLER,
    tenants: new Set(),
    // The id is a digest of the token, which alone decides what Hubster shows.
    soleTenant: { id, credentials: { portalToken }, visibility: id, requestsPerMinute: REQUESTS_PER_MINUTE },
    expiresAt: Number.POSITIVE_INFINITY,
  };
}

/**
 * Returns a check whether a bearer token may be a portal token, and so may be sent to Hubster: opaque ones, and JWTs whose `iss` is
 * Hubster Identity. A JWT of another issuer is a credential for another service, which Hubster must not see.
 */
export function portalTokenFormat(identityUrl: URL): (token: Secret) => boolean {
  const hubster = withoutSlash(identityUrl.href);
  return (token) => {
    const text = token.reveal();
    if (text.length > MAX_TOKEN_LENGTH || !OPAQUE_TOKEN.test(text) || text.startsWith(API_KEY_PREFIX)) return false;
    return !hasJoseHeader(text) || withoutSlash(claimedIssuer(token) ?? '') === hubster;
  };
}

/** Whether the text before the first dot is a JSON object (RFC 7515, RFC 7516), as in signed and encrypted JWTs. */
function hasJoseHeader(text: string): boolean {
  const dot = text.indexOf('.');
  if (dot === -1) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(0, dot), 'base64url').toString());
    return typeof header === 'object' && header !== null;
  } catch {
    return false;
  }
}

/** Issuers occur with and without a slash at the end. */
function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}

/** The issuer that an unverified token claims; only good for choosing the keys to verify it with. */
export function claimedIssuer(token: Secret): string | undefined {
  try {
    const { iss }: { readonly iss?: unknown } = decodeJwt(token.reveal());
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}
