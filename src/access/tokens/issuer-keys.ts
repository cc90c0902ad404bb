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

/** Fetches what is published at the address; nothing where that fails. Never rejects. */
export type FetchKeys = (uri: URL) => Promise<JSONWebKeySet | undefined>;

/** Keys this old are renewed while they are used. */
const RENEW_AFTER_MS = 5 * 60_000;
/** Keys this old are used only after an attempt to renew them: one of them may have been withdrawn. */
const DOUBT_AFTER_MS = 15 * 60_000;
/** How long keys are good for when they cannot be renewed. */
const OUTAGE_MS = 24 * 60 * 60_000;
/** The least time between two fetches. */
const PAUSE_MS = 30_000;

/**
 * The published keys of an issuer (JWKS, RFC 7517). They change and their server fails, so known ones last a day. A key that
 * is not known costs at most one fetch in 30 seconds: anybody can make up key ids.
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

  /** @throws {errors.JWKSNoMatchingKey} when there is no such key, or several it could be */
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

  /** Once for all who wait. */
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

/** Nothing for what is no key set after all: somebody else wrote it. */
function keySetOf(published: JSONWebKeySet | undefined): LocalJWKSet | undefined {
  try {
    return published && createLocalJWKSet(published);
  } catch {
    return undefined;
  }
}
