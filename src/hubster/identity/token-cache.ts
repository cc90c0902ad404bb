import type { Clock } from '../../clock/clock';
import type { ClientCredentials } from '../../context/tenant';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import type { Secret } from '../../secrets/secret';
import type { Failed } from '../outcome/outcome';
import { Cooldown } from '../resilience/cooldown';
import type { IssuedToken } from './token-request';

const FIRST_COOLDOWN_MS = 5000;
const MAX_COOLDOWN_MS = 60_000;
const RENEWAL_SHARE = 0.1;
const LEAST_RENEWAL_MS = 60_000;

export type TokenResult = Readonly<{ kind: 'token'; token: Secret }> | Failed;

/** Fetches a token once. Never rejects. */
export type FetchToken = (credentials: ClientCredentials) => Promise<IssuedToken | Failed>;

interface CurrentToken {
  readonly token: Secret;
  readonly renewAt: number;
  readonly endsAt: number;
}

/** The portal token for one set of client credentials: fetched once for all waiting calls, renewed before it expires (S-005). */
export class TokenCache {
  readonly #rejections: Cooldown;
  readonly #renewals: Cooldown;
  #current: CurrentToken | undefined;
  #flight: Promise<TokenResult> | undefined;
  #rejection: Failed | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly credentials: ClientCredentials,
    private readonly fetch: FetchToken,
  ) {
    this.#rejections = new Cooldown(clock, FIRST_COOLDOWN_MS, MAX_COOLDOWN_MS);
    this.#renewals = new Cooldown(clock, FIRST_COOLDOWN_MS, MAX_COOLDOWN_MS);
  }

  /** Whether it is for these credentials: a reload of the tenants file may have changed them. */
  isFor({ clientId, clientSecret }: ClientCredentials): boolean {
    return this.credentials.clientId === clientId && this.credentials.clientSecret.reveal() === clientSecret.reveal();
  }

  /** The current token at once, or a promise of the next. */
  get(): TokenResult | Promise<TokenResult> {
    const current = this.#current;
    const now = this.clock.monotonic();
    if (!current || now >= current.endsAt) return this.#renew();
    // Not awaited: the current token is still valid, and `#fetch` stores the next.
    if (now >= current.renewAt) void this.#renew();
    return { kind: 'token', token: current.token };
  }

  /**
   * Another token after the portal rejected this one; undefined if its predecessor was rejected moments ago as well, so that another
   * would not help (S-006). No renewal if the token has been replaced in the meantime.
   */
  async replace(rejected: Secret): Promise<TokenResult | undefined> {
    if (this.#current?.token !== rejected) return this.get();
    if (this.#renewals.remaining > 0) return undefined;
    this.#renewals.start();
    this.#current = undefined;
    return this.#renew();
  }

  /** Called when the portal has accepted the token. */
  accepted(): void {
    this.#renewals.reset();
  }

  #renew(): Promise<TokenResult> {
    if (this.#rejection && this.#rejections.remaining > 0) return Promise.resolve(this.#rejection);
    this.#flight ??= this.#fetch().finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #fetch(): Promise<TokenResult> {
    const requestedAt = this.clock.monotonic();
    const result = await this.fetch(this.credentials);
    if (!('token' in result)) {
      if (result.kind === 'client-refused') {
        this.#rejection = result;
        this.#rejections.start();
      }
      return result;
    }
    this.#rejection = undefined;
    this.#rejections.reset();
    const { token, lifeMs } = result;
    KNOWN_SECRETS.remember('token', token);
    // A token that is valid for two minutes or less is renewed at half its lifetime.
    const early = Math.min(Math.max(lifeMs * RENEWAL_SHARE, LEAST_RENEWAL_MS), lifeMs / 2);
    this.#current = { token, endsAt: requestedAt + lifeMs, renewAt: requestedAt + lifeMs - early };
    return { kind: 'token', token };
  }
}
