import type { Clock } from '../../clock/clock';
import { Deadline } from '../../context/request-context';
import type { ClientCredentials, Tenant } from '../../context/tenant';
import type { Secret } from '../../secrets/secret';
import type { Failed } from '../outcome/outcome';
import { type Call, deadlineSpent } from '../resilience/layer';
import { PerTenant } from '../resilience/per-tenant';
import type { Policy } from '../resilience/policy';
import { withTimeout } from '../resilience/with-timeout';
import type { Attempt } from '../transport/attempt';
import { asJson } from '../transport/read-response';
import { TokenCache, type TokenResult } from './token-cache';
import { type IssuedToken, isBearerToken, readToken, tokenRequest } from './token-request';

/** A fetch does not end with the deadline of the call that started it, because other calls wait for it too. */
const FETCH_MS = 8000;

/** Returns the token for a call: that of the tenant, in memory only (S-005), or the caller's passthrough token. */
export class Identity {
  readonly #caches: PerTenant<{ cache?: TokenCache }>;

  constructor(
    private readonly policy: Policy,
    private readonly attempt: Attempt,
    private readonly clock: Clock,
    private readonly identityUrl: URL,
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
    const entry = this.#caches.of(tenant);
    if (!entry.cache?.isFor(credentials)) {
      entry.cache = new TokenCache(this.clock, credentials, () => this.#fetch(tenant, credentials));
    }
    return entry.cache;
  }

  async #fetch(tenant: Tenant, credentials: ClientCredentials): Promise<IssuedToken | Failed> {
    const call: Call = { tenant, class: 'token', deadline: Deadline.after(this.clock, FETCH_MS) };
    const request = tokenRequest(this.identityUrl, credentials);
    const kind = { name: 'token', call, read: asJson };
    const outcome = await this.policy.send(call, (signal) => this.attempt.run(kind, request, signal));
    if (outcome.kind !== 'ok') return outcome;
    return readToken(outcome.json) ?? { kind: 'unreadable', phase: 'token' };
  }

  async #inTime<T extends TokenResult | undefined>(call: Call, result: T | Promise<T>): Promise<T | Failed> {
    if (!(result instanceof Promise)) return result;
    const timeout = { ms: call.deadline.remaining, signal: call.signal };
    // In an object, because `undefined` would mean a timeout.
    const boxed = result.then((value) => ({ value }));
    const inTime = await withTimeout(this.clock, timeout, boxed);
    return inTime ? inTime.value : deadlineSpent({ ...call, class: 'token' }, false);
  }
}
