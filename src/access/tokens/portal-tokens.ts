import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import type { PortalTokenVerifier, RequestOrigin } from '../../context/tenant';
import { Problem } from '../../problems/problem';
import type { Secret } from '../../secrets/secret';
import type { SecretKeys } from '../../secrets/secret-keys';
import type { Directory } from '../directory';
import { AddressLimit } from '../limits/address-limit';
import type { Principal } from '../principal';
import { passthroughPrincipal, passthroughTenantId } from './passthrough-token';

/** Calls to Hubster for invalid tokens of one address. */
const PROBES = { perMinute: 60, burst: 60 };
/** Accepted tokens of one address that are new: each costs a read and has a limit of its own. */
const NEW_TOKENS = { perMinute: 300, burst: 300 };
/** A repeated rejected token causes no second probe within this time. */
const REJECTED_FOR_MS = 5000;
const MAX_REJECTED = 1000;

/**
 * Portal tokens of callers (passthrough). Anybody can make one up, so its bearer is anonymous until Hubster has accepted it: one probe,
 * before anything is counted, cached or recorded for it. Accepted tokens are remembered.
 */
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
  ) {
    this.#probes = new AddressLimit(clock, PROBES);
    this.#newTokens = new AddressLimit(clock, NEW_TOKENS);
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
