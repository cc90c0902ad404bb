import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type LocalJWKSet,
} from 'jose';
import type { Clock } from '../../clock/clock';

/** Fetches the key set at the address; undefined if that fails. Never rejects. */
export type FetchKeys = (uri: URL) => Promise<JSONWebKeySet | undefined>;

/** Older keys are renewed in the background while they are used. */
const RENEW_AFTER_MS = 5 * 60_000;
/** Older keys are used only after an attempt to renew them: one of them may have been withdrawn. */
const DOUBT_AFTER_MS = 15 * 60_000;
/** How long keys are used while they cannot be renewed. */
const OUTAGE_MS = 24 * 60 * 60_000;
/** The shortest time between two fetches. */
const PAUSE_MS = 30_000;

/**
 * The published keys of an issuer (JWKS, RFC 7517). They change and their server may fail, so known keys last a day. An unknown key id
 * causes at most one fetch in 30 seconds, as anybody can make up key ids.
 */
export class IssuerKeys {
  #keys: LocalJWKSet | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #flight: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly fetch: () => Promise<JSONWebKeySet | undefined>,
  ) {}

  /** @throws {errors.JWKSNoMatchingKey} if no key matches */
  async keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const age = this.clock.monotonic() - this.#renewedAt;
    if (age > DOUBT_AFTER_MS) await this.#renew();
    else if (age > RENEW_AFTER_MS) void this.#renew();
    try {
      return await this.#find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#renew();
      return this.#find(header, token);
    }
  }

  async #find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const isTooOld = this.clock.monotonic() - this.#renewedAt > OUTAGE_MS;
    if (!this.#keys || isTooOld) throw new errors.JWKSNoMatchingKey();
    return this.#keys(header, token);
  }

  /** Single flight. */
  #renew(): Promise<void> {
    this.#flight ??= this.#fetch().finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #fetch(): Promise<void> {
    const now = this.clock.monotonic();
    if (now - this.#triedAt < PAUSE_MS) return;
    this.#triedAt = now;
    const keys = keySetOf(await this.fetch());
    if (!keys) return;
    this.#keys = keys;
    this.#renewedAt = now;
  }
}

/** Undefined for a malformed key set: jose throws for one. */
function keySetOf(published: JSONWebKeySet | undefined): LocalJWKSet | undefined {
  try {
    return published && createLocalJWKSet(published);
  } catch {
    return undefined;
  }
}
