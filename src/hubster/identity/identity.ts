import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { HubsterAddresses } from '../../config/config';
import { Deadline } from '../../context/request-context';
import type { ClientCredentials, Tenant } from '../../context/tenant';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import type { Secret } from '../../secrets/secret';
import { addressesOf } from '../addresses';
import { type Call, deadlineSpent, type Failed } from '../outcome/outcome';
import { Cooldown } from '../resilience/breaker';
import { PerTenant } from '../resilience/per-tenant';
import { Policy } from '../resilience/policy';
import { Attempt } from '../transport/attempt';
import { asJson } from '../transport/read-response';
import { type IssuedToken, isBearerToken, readToken, tokenRequest } from './token-request';

const FIRST_COOLDOWN_MS = 5000;
const MAX_COOLDOWN_MS = 60_000;
const RENEWAL_SHARE = 0.1;
const LEAST_RENEWAL_MS = 60_000;

/** A fetch does not end with the deadline of the call that started it, because other calls wait for it too. */
const FETCH_MS = 8000;

type TokenResult = Readonly<{ kind: 'token'; token: Secret }> | Failed;

/** Fetches a token once. Never rejects. */
type FetchToken = (credentials: ClientCredentials) => Promise<IssuedToken | Failed>;

interface CurrentToken {
  readonly token: Secret;
  readonly renewAt: number;
  readonly endsAt: number;
}

/** Returns the token for a call: that of the tenant, in memory only (S-005), or the caller's passthrough token. */
@Injectable()
export class Identity {
  readonly #caches: PerTenant<{ cache?: TokenCache }>;

  constructor(
    private readonly policy: Policy,
    private readonly attempt: Attempt,
    private readonly clock: Clock,
    private readonly addresses: HubsterAddresses,
  ) {
    this.#caches = new PerTenant(() => ({}));
  }

  /** The token to send, or the failure that prevents one. Ends with the deadline of the call. */
  async token(call: Call): Promise<TokenResult> {
    const { credentials } = call.tenant;
    if (!('portalToken' in credentials)) return this.#inTime(call, this.#cacheOf(call.tenant, credentials).get());
    if (isBearerToken(credentials.portalToken)) return { kind: 'token', token: credentials.portalToken };
    return { kind: 'unauthorized', phase: 'portal', status: 401, errors: [] };
  }

  /** Another token after a 401; undefined for a passthrough token, or if a renewal would not help (S-006). */
  async replace(call: Call, rejected: Secret): Promise<TokenResult | undefined> {
    const { credentials } = call.tenant;
    if ('portalToken' in credentials) return undefined;
    return this.#inTime(call, this.#cacheOf(call.tenant, credentials).replace(rejected));
  }

  accepted({ tenant }: Call): void {
    if (!('portalToken' in tenant.credentials)) this.#cacheOf(tenant, tenant.credentials).accepted();
  }

  #cacheOf(tenant: Tenant, credentials: ClientCredentials): TokenCache {
    const entry = this.#caches.get(tenant);
    if (!entry.cache?.isFor(credentials)) {
      entry.cache = new TokenCache(this.clock, credentials, () => this.#fetch(tenant, credentials));
    }
    return entry.cache;
  }

  async #fetch(tenant: Tenant, credentials: ClientCredentials): Promise<IssuedToken | Failed> {
    const call: Call = { tenant, class: 'token', deadline: Deadline.after(this.clock, FETCH_MS) };
    const { identityUrl } = addressesOf(credentials, this.addresses);
    const request = tokenRequest(identityUrl, credentials);
    const kind = { name: 'token', call, read: asJson };
    const outcome = await this.policy.send(call, (timeoutMs) => this.attempt.run(kind, request, timeoutMs));
    if (outcome.kind !== 'ok') return outcome;
    return readToken(outcome.json) ?? { kind: 'unreadable', phase: 'token' };
  }

  async #inTime<T extends TokenResult | undefined>(call: Call, result: T | Promise<T>): Promise<T | Failed> {
    if (!(result instanceof Promise)) return result;
    const timeout = { ms: call.deadline.remaining, signal: call.signal };
    // In an object, because `undefined` would mean a timeout.
    const boxed = result.then((value) => ({ value }));
    const inTime = await this.clock.withTimeout(boxed, timeout);
    return inTime ? inTime.value : deadlineSpent({ ...call, class: 'token' }, false);
  }
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
  isFor(credentials: ClientCredentials): boolean {
    const known = this.credentials;
    // A request in progress keeps the credentials that it began with, and most requests have the same object.
    if (known === credentials) return true;
    return (
      known.clientId === credentials.clientId &&
      known.clientSecret.reveal() === credentials.clientSecret.reveal() &&
      known.addresses?.identityUrl.href === credentials.addresses?.identityUrl.href &&
      known.addresses?.portalUrl.href === credentials.addresses?.portalUrl.href
    );
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
