import {
  type CryptoKey,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '../../clock/clock';

/** Older keys are renewed in the background while they are used. */
const RENEW_AFTER_MS = 5 * 60_000;
/** Older keys are used only after an attempt to renew them: one of them may have been withdrawn. */
const RENEW_BEFORE_USE_AFTER_MS = 15 * 60_000;
/** How long keys are used while they cannot be renewed. */
const MAX_AGE_MS = 24 * 60 * 60_000;
/** The shortest time between two fetches. */
const FETCH_INTERVAL_MS = 30_000;
const TIMEOUT_MS = 3000;
const MAX_BYTES = 256 * 1024;

/**
 * The published keys of an issuer (JWKS, RFC 7517), fetched and selected by jose. They change and their server may fail, so known keys
 * last a day. An unknown key id causes at most one fetch in 30 seconds, as anybody can make up key ids: jose's own cooldown counts from
 * the last success only, and its ages follow the wall clock, so both are off.
 */
export class IssuerKeys {
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #renewal: Promise<void> | undefined;

  /**
   * @param dispatcher connects to the issuer
   * @param onFailure called with the error of a fetch, which may quote the response
   */
  constructor(
    private readonly clock: Clock,
    uri: URL,
    dispatcher: Dispatcher,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#keySet = createRemoteJWKSet(uri, {
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
      timeoutDuration: TIMEOUT_MS,
      [customFetch]: (url, options) => fetchLimited(dispatcher, url, options),
    });
  }

  /** @throws {errors.JWKSNoMatchingKey} if no key matches */
  async keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.#age > RENEW_BEFORE_USE_AFTER_MS) await this.#renew();
    else if (this.#age > RENEW_AFTER_MS) void this.#renew();
    try {
      return await this.#find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#renew();
      return this.#find(header, token);
    }
  }

  get #age(): number {
    return this.clock.monotonic() - this.#renewedAt;
  }

  async #find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.#age > MAX_AGE_MS) throw new errors.JWKSNoMatchingKey();
    return this.#keySet(header, token);
  }

  /** Never rejects. One at a time, so that a failed fetch is reported once. */
  #renew(): Promise<void> {
    this.#renewal ??= this.#reload().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #reload(): Promise<void> {
    const now = this.clock.monotonic();
    if (now - this.#triedAt < FETCH_INTERVAL_MS) return;
    this.#triedAt = now;
    try {
      await this.#keySet.reload();
      this.#renewedAt = now;
    } catch (error) {
      this.onFailure(error);
    }
  }
}

/** Without redirects, and with a limit of size. */
async function fetchLimited(
  dispatcher: Dispatcher,
  url: string,
  { headers, signal }: Parameters<FetchImplementation>[1],
): Promise<Response> {
  const { statusCode, body } = await request(url, { dispatcher, signal, headers: Object.fromEntries(headers) });
  if (statusCode !== 200) {
    await body.dump();
    return new Response(null, { status: statusCode });
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new errors.JWKSInvalid('The key set is larger than 256 KiB');
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks));
}
