import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { Agent } from 'undici';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import type { IssuerConfig } from '../../config/tenants/tenants-config';
import { connectorFor } from '../../network/connector';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import { transportCauseOf } from '../../observability/transport-cause';
import type { Secret } from '../../secrets/secret';
import { maskUrl } from '../../secrets/url';
import { IssuerKeys } from './issuer-keys';

/** The claims of a verified token. */
export interface TokenClaims {
  readonly subject: string;
  readonly tenant: string;
  readonly scopes: ReadonlySet<string>;
  /** When it has to be verified again, in milliseconds since the epoch. */
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
@Injectable()
export class TokenVerifier implements OnApplicationShutdown {
  /** They outlive a reload of the tenants file, so that issuers in both files keep their keys during an outage. */
  readonly #keys = new LRUCache<string, IssuerKeys>({ max: MAX_KEY_SETS });
  readonly #dispatcher: Agent;

  constructor(
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: Metrics,
    @Inject(Config) { network }: Pick<Config, 'network'>,
  ) {
    // Keys are fetched so rarely that a connection would not be used twice.
    this.#dispatcher = new Agent({ connect: connectorFor(network, clock, {}), pipelining: 0 });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  /** Undefined for an invalid token; the reason is not disclosed. Never rejects. */
  async verify(token: Secret, issuer: Issuer): Promise<TokenClaims | undefined> {
    try {
      if (!isHeaderAccepted(token)) return undefined;
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
    const keys = new IssuerKeys(this.clock, uri, this.#dispatcher, (error) => this.#reportFailure(uri, error));
    this.#keys.set(uri.href, keys);
    return keys;
  }

  /** The message of an error may quote the response, so it is not logged. */
  #reportFailure(uri: URL, error: unknown): void {
    const isResponse = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
    const cause = isResponse ? 'response' : transportCauseOf(error);
    if (cause !== 'response') this.metrics.transportErrors.inc({ service: 'jwks', cause });
    logEvent(this.logger, 'access.keys-unavailable', { jwksUri: maskUrl(uri.href), cause });
  }

  /** The tenant has to be one text: with a list the choice would be a guess. */
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

/** A token that gives the address of its key is always rejected (RFC 8725, 3.10). */
function isHeaderAccepted(token: Secret): boolean {
  const header = decodeProtectedHeader(token.reveal());
  const hasKeyAddress = 'jku' in header || 'x5u' in header;
  return !hasKeyAddress && TYPES.has(header.typ?.toLowerCase());
}

function ownClaim(payload: JWTPayload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined;
}

/** Words of a text (RFC 8693, 4.2) or a list of texts, as some issuers send it. */
function scopesOf(claim: unknown): ReadonlySet<string> {
  if (typeof claim === 'string') return new Set(claim.split(' '));
  return new Set(Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : []);
}
