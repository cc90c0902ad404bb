import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import type { IssuerConfig } from '../../config/tenants/tenants-config';
import type { Secret } from '../../secrets/secret';
import { type FetchKeys, IssuerKeys } from './issuer-keys';

/** What a token says once it is known to be its issuer's. */
export interface TokenClaims {
  readonly subject: string;
  readonly tenant: string;
  readonly scopes: ReadonlySet<string>;
  /** Until when it need not be verified again, in milliseconds since the epoch. */
  readonly rememberUntil: number;
}

type Issuer = Pick<IssuerConfig<string>, 'issuer' | 'audience' | 'jwksUri' | 'tenantClaim' | 'scopeClaim'>;

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt']);
const SKEW_SECONDS = 30;
const REMEMBER_MS = 5 * 60_000;
const MAX_KEY_SETS = 1000;
const SUBJECT = /^\P{Cc}{1,255}$/u;

/** Verifies JWTs (RFC 7519, RFC 8725, RFC 9068) against the published keys of their issuers (S-757). */
export class TokenVerifier {
  /** They outlive a reload of the tenants file: whoever stays known keeps its keys through an outage. */
  readonly #keys = new LRUCache<string, IssuerKeys>({ max: MAX_KEY_SETS });

  constructor(
    private readonly clock: Clock,
    private readonly fetchKeys: FetchKeys,
  ) {}

  /** Nothing for a token that is not valid; why is told to nobody. Never rejects. */
  async verify(token: Secret, issuer: Issuer): Promise<TokenClaims | undefined> {
    try {
      if (!isHeaderTaken(token)) return undefined;
      const keys = this.#keysOf(issuer.jwksUri);
      const { payload } = await jwtVerify(token.reveal(), (header, jws) => keys.keyFor(header, jws), {
        algorithms: ALGORITHMS,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ['exp'],
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(this.clock.now()),
      });
      return this.#claimsOf(payload, issuer);
    } catch {
      return undefined;
    }
  }

  #keysOf(uri: URL): IssuerKeys {
    const known = this.#keys.get(uri.href);
    if (known) return known;
    const made = new IssuerKeys(this.clock, () => this.fetchKeys(uri));
    this.#keys.set(uri.href, made);
    return made;
  }

  /** One tenant, as text: of a list it would be a guess which one is meant. */
  #claimsOf(payload: JWTPayload, { tenantClaim, scopeClaim }: Issuer): TokenClaims | undefined {
    const { sub, exp = 0 } = payload;
    const tenant = ownClaim(payload, tenantClaim);
    if (sub === undefined || !SUBJECT.test(sub) || typeof tenant !== 'string') return undefined;
    return {
      subject: sub,
      tenant,
      scopes: scopesOf(ownClaim(payload, scopeClaim)),
      rememberUntil: Math.min(exp * 1000, this.clock.now() + REMEMBER_MS),
    };
  }
}

/** A token that says where its key is to be had from is refused outright, whatever else it says (RFC 8725, 3.10). */
function isHeaderTaken(token: Secret): boolean {
  const header = decodeProtectedHeader(token.reveal());
  const isPointing = 'jku' in header || 'x5u' in header;
  return !isPointing && TYPES.has(header.typ?.toLowerCase());
}

function ownClaim(payload: JWTPayload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined;
}

/** Words of a text (RFC 8693, 4.2) or a list of texts, as some issuers send it. */
function scopesOf(claim: unknown): ReadonlySet<string> {
  if (typeof claim === 'string') return new Set(claim.split(' '));
  return new Set(Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : []);
}
